//! On which line each place of a YAML text stands. The YAML reader does not say.

use std::collections::HashMap;

/// Good for block style, which is what we write; elsewhere the nearest place above it is found.
pub(super) struct Lines {
    found: HashMap<String, usize>,
    twice: Option<Twice>,
}

/// A key that stands twice in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Twice {
    pub(super) key: String,
    pub(super) first: usize,
    pub(super) again: usize,
}

impl Lines {
    pub(super) fn of(yaml: &str) -> Self {
        let mut found = HashMap::new();
        let mut twice = None;
        // (indentation, path of what stands there, number of list entries so far)
        let mut stack: Vec<(usize, String, usize)> = Vec::new();
        let mut block: Option<usize> = None;
        for (number, line) in yaml.lines().enumerate() {
            let mut body = line.trim_start();
            let mut indent = line.len() - body.len();
            if block.is_some_and(|at| body.is_empty() || indent > at) {
                continue;
            }
            block = None;
            if body.is_empty() || body.starts_with('#') {
                continue;
            }
            // A list may stand at the same indentation as its key.
            let is_entry = |body: &str| body == "-" || body.starts_with("- ");
            while let Some((at, _, _)) = stack.last() {
                if *at > indent || (*at == indent && !is_entry(body)) {
                    stack.pop();
                } else {
                    break;
                }
            }
            while is_entry(body) {
                while stack.last().is_some_and(|(at, path, _)| *at == indent && path.ends_with(']')) {
                    stack.pop();
                }
                let path = match stack.last_mut() {
                    Some((_, parent, entries)) => {
                        *entries += 1;
                        format!("{parent}[{}]", *entries - 1)
                    }
                    None => "[0]".to_owned(),
                };
                found.entry(path.clone()).or_insert(number + 1);
                stack.push((indent, path, 0));
                let rest = body[1..].trim_start();
                indent += body.len() - rest.len();
                body = rest;
            }
            if let Some((key, value)) = split_key(body) {
                let path = match stack.last() {
                    Some((_, parent, _)) => format!("{parent}.{key}"),
                    None => key.to_owned(),
                };
                let first = *found.entry(path.clone()).or_insert(number + 1);
                if first != number + 1 && twice.is_none() {
                    twice = Some(Twice { key: key.to_owned(), first, again: number + 1 });
                }
                stack.push((indent, path, 0));
                if value.starts_with(['|', '>']) {
                    block = Some(indent);
                }
            } else if body.starts_with(['|', '>']) {
                block = Some(indent.saturating_sub(1));
            }
        }
        Self { found, twice }
    }

    /// The first key that stands twice in one place.
    pub(super) fn twice(&self) -> Option<&Twice> {
        self.twice.as_ref()
    }

    /// The line of a place, or of the nearest place around it.
    pub(super) fn find(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(line) = self.found.get(path) {
                return *line;
            }
            match path.rfind(['.', '[']) {
                Some(at) => path = &path[..at],
                None => return 1,
            }
        }
    }
}

fn split_key(body: &str) -> Option<(&str, &str)> {
    let (key, value) = match body.split_once(": ") {
        Some((key, value)) => (key, value.trim()),
        None => (body.strip_suffix(':')?, ""),
    };
    Some((key.trim().trim_matches(['"', '\'']), value))
}
