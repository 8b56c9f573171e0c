//! A page: Markdown in which the fenced blocks of the kind `console` are steps.

use std::collections::BTreeMap;

use super::expectation;

/// What a step did.
pub(super) struct Done {
    /// What it printed: standard output, then standard error.
    pub(super) output: String,
    /// Its exit code; none if a signal ended it.
    pub(super) exit: Option<i32>,
}

/// One command and what a page says about it.
pub(super) struct Step {
    /// Its line in the page, from 1.
    pub(super) line: usize,
    /// Whose terminal; nobody's if it is the world that acts.
    pub(super) office: Option<String>,
    /// The command.
    pub(super) command: String,
    /// For a file that the page hands out: its text.
    pub(super) text: Option<String>,
    expected: Vec<String>,
    exit: i32,
}

enum Part {
    Text(String),
    Step(usize),
}

/// A page.
pub(super) struct Page {
    parts: Vec<Part>,
    /// Its steps, in order.
    pub(super) steps: Vec<Step>,
}

/// How a block begins whose steps are run only where a machine can be given a wrong clock.
pub(super) const CLOCK: &str = "```console clock";

impl Page {
    /// Reads a page. Without wrong `clocks` what needs one is for the reader alone.
    pub(super) fn parse(text: &str, clocks: bool) -> Self {
        let mut page = Self { parts: Vec::new(), steps: Vec::new() };
        let mut in_console = false;
        let mut in_step = false;
        let mut in_file = false;
        for (number, line) in text.lines().enumerate() {
            if line.starts_with("```") {
                in_file = false;
                if let Some(name) = line.strip_prefix("```file ") {
                    in_file = true;
                    page.steps.push(Step::file(number + 1, name));
                }
                in_console = !in_console && (line == "```console" || (clocks && line == CLOCK));
                in_step = false;
            } else if in_console && let Some((office, command)) = prompt(line) {
                page.parts.push(Part::Step(page.steps.len()));
                page.steps.push(Step {
                    line: number + 1,
                    office,
                    command,
                    text: None,
                    expected: Vec::new(),
                    exit: 0,
                });
                in_step = true;
                continue;
            } else if in_step && let Some(step) = page.steps.last_mut() {
                match line.strip_prefix("? ").and_then(|code| code.parse().ok()) {
                    Some(code) => step.exit = code,
                    None => step.expected.push(line.to_owned()),
                }
                continue;
            } else if in_file && let Some(text) = page.steps.last_mut().and_then(|step| step.text.as_mut()) {
                text.push_str(line);
                text.push('\n');
            }
            page.parts.push(Part::Text(line.to_owned()));
        }
        page
    }

    /// The page as text, with what its steps expect now.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(line) => text.push_str(&format!("{line}\n")),
                Part::Step(index) => self.steps[*index].render(&mut text),
            }
        }
        text
    }
}

impl Step {
    /// A file that the page hands out.
    fn file(line: usize, name: &str) -> Self {
        let (command, text) = (name.trim().to_owned(), Some(String::new()));
        Self { line, office: None, command, text, expected: Vec::new(), exit: 0 }
    }

    /// Compares what happened with what the page says, and takes up what the page gives a name.
    pub(super) fn compare(
        &self,
        done: &Done,
        variables: &mut BTreeMap<String, String>,
    ) -> Result<(), String> {
        let lines: Vec<&str> = done.output.lines().collect();
        let mut expected: Vec<&str> = self.expected.iter().map(String::as_str).collect();
        // An empty line before the end of a block is for the reader.
        while expected.last().is_some_and(|line| line.is_empty()) {
            expected.pop();
        }
        let taken = expectation::lines(&expected, &lines);
        let exit_as_said = done.exit == Some(self.exit);
        match taken {
            Some(taken) if exit_as_said => {
                variables.extend(taken);
                Ok(())
            }
            _ => Err(format!(
                "expected (exit {}):\n{}\ngot (exit {}):\n{}",
                self.exit,
                expected.join("\n"),
                done.exit.map_or("by a signal".to_owned(), |code| code.to_string()),
                done.output
            )),
        }
    }

    /// Whether it gives a name to what it expects: what a program prints cannot know that.
    pub(super) fn names_something(&self) -> bool {
        self.expected.iter().any(|line| expectation::names_something(line))
    }

    pub(super) fn bless(&mut self, output: &str, exit: Option<i32>) {
        let gap = self.expected.last().is_some_and(String::is_empty);
        self.expected = output.lines().map(str::to_owned).collect();
        if gap {
            self.expected.push(String::new());
        }
        self.exit = exit.unwrap_or(self.exit);
    }

    fn render(&self, text: &mut String) {
        let office = self.office.as_deref().unwrap_or_default();
        text.push_str(&format!("{office}$ {}\n", self.command));
        if self.exit != 0 {
            text.push_str(&format!("? {}\n", self.exit));
        }
        for line in &self.expected {
            text.push_str(&format!("{line}\n"));
        }
    }
}

/// `CA$ accord status` is a command of CA, `$ cut CA CMI` one of the world.
fn prompt(line: &str) -> Option<(Option<String>, String)> {
    let (office, command) = line.split_once("$ ")?;
    if !office.chars().all(|c| c.is_ascii_uppercase()) {
        return None;
    }
    Some(((!office.is_empty()).then(|| office.to_owned()), command.to_owned()))
}

#[test]
fn a_page_is_read_and_written_back() {
    let text = "# Page\n\n```console\nCA$ accord card => CARD\n$ cut CA\n```\nText.\n```console\nCMI$ accord get a\n? 3\none\n\nCMI$ x\n```\n```file a.csv\na,b\n1,2\n```\n";
    let page = Page::parse(text, true);
    assert_eq!(page.steps.len(), 5);
    assert_eq!(page.steps[4].text.as_deref(), Some("a,b\n1,2\n"));
    assert_eq!(page.steps[2].line, 9);
    assert_eq!(page.steps[2].exit, 3);
    assert_eq!(page.render(), text);
    let text = "```console clock\n$ clock CA -1d\n```\n```console\nCA$ accord card\n```\n";
    for clocks in [false, true] {
        let page = Page::parse(text, clocks);
        assert_eq!(page.steps.len(), 1 + usize::from(clocks));
        assert_eq!(page.render(), text);
    }
}
