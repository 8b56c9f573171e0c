//! The tracer's words, read.

use std::collections::HashMap;

/// The calls that are traced: all that change files or names, all that sync, and those that say where a write goes. The
/// last line holds those that cannot be played back, to notice them.
pub(super) const CALLS: [&str; 31] = [
    "open",
    "openat",
    "creat",
    "lseek",
    "write",
    "pwrite64",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "rmdir",
    "fsync",
    "fdatasync",
    "syncfs",
    "sync", //
    "writev",
    "pwritev",
    "pwritev2",
    "truncate",
    "fallocate",
    "copy_file_range",
    "sendfile",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "io_uring_enter",
];

/// One argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// A string or buffer.
    Text(Vec<u8>),
    /// A descriptor, and what it leads to.
    File(i64, Vec<u8>),
    /// Anything else.
    Word(String),
}

/// One call that succeeded.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
    pub(super) result: i64,
    /// How many of the calls before this in the list had ended when this one began.
    pub(super) begun: usize,
}

/// The calls in the order in which they ended; telling counts from its begin, since that is the earliest that anybody
/// could have heard it. A call that another thread's line interrupts is in two lines: the first has what it is about,
/// the second its result.
pub(super) fn read(trace: &[u8]) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut open: HashMap<&[u8], (Vec<u8>, usize)> = HashMap::new();
    for line in trace.split(|byte| *byte == b'\n') {
        let Some(space) = line.iter().position(|byte| *byte == b' ') else { continue };
        let (thread, line) = (&line[..space], line[space..].trim_ascii_start());
        if let Some(begun) = line.strip_suffix(b"<unfinished ...>") {
            let begun = begun.trim_ascii_end();
            if is_telling(begun) {
                calls.extend(call(&[begun, b") = 0"].concat(), calls.len()));
            } else {
                open.insert(thread, (begun.to_vec(), calls.len()));
            }
            continue;
        }
        let read = match find(line, b" resumed>") {
            Some(at) if line.starts_with(b"<... ") => open.remove(thread).and_then(|(begun, when)| {
                call(&[&begun[..], &line[at + b" resumed>".len()..]].concat(), when)
            }),
            _ => call(line, calls.len()),
        };
        calls.extend(read);
    }
    calls
}

fn is_telling(line: &[u8]) -> bool {
    line.starts_with(b"write(1<")
}

fn find(line: &[u8], what: &[u8]) -> Option<usize> {
    line.windows(what.len()).position(|window| window == what)
}

/// Reads one whole line; none if it is no call, or one that failed.
fn call(line: &[u8], begun: usize) -> Option<Call> {
    let paren = line.iter().position(|byte| *byte == b'(')?;
    let name = std::str::from_utf8(&line[..paren]).ok()?;
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return None;
    }
    let mut rest = &line[paren + 1..];
    let mut arguments = Vec::new();
    loop {
        rest = rest.trim_ascii_start();
        match rest.first()? {
            b')' => break,
            b',' => rest = &rest[1..],
            b'"' => {
                let end = 1 + rest[1..].iter().position(|byte| *byte == b'"')?;
                assert!(!rest[end + 1..].starts_with(b"..."), "a buffer of {name} was cut short");
                arguments.push(Argument::Text(unescape(&rest[1..end])));
                rest = &rest[end + 1..];
            }
            _ => {
                let end = rest.iter().position(|byte| matches!(byte, b',' | b')' | b'<'))?;
                let word = String::from_utf8_lossy(&rest[..end]).into_owned();
                rest = &rest[end..];
                if rest.first() == Some(&b'<') {
                    // In hexadecimal, so that no path holds what ends it here.
                    let end = rest.iter().position(|byte| *byte == b'>')?;
                    let path = unescape(&rest[1..end]);
                    rest = rest[end + 1..].strip_prefix(b"(deleted)").unwrap_or(&rest[end + 1..]);
                    arguments.push(Argument::File(word.parse().unwrap_or(-100), path));
                } else {
                    arguments.push(Argument::Word(word));
                }
            }
        }
    }
    let result = rest[1..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let end = result.iter().position(|byte| matches!(byte, b' ' | b'<')).unwrap_or(result.len());
    let result: i64 = std::str::from_utf8(&result[..end]).ok()?.parse().ok()?;
    (result >= 0).then(|| Call { name: name.to_owned(), arguments, result, begun })
}

/// Strings stand in hexadecimal; what the tracer prints as it is, is taken as it is.
fn unescape(text: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
    let mut bytes = Vec::with_capacity(text.len() / 4);
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        match after {
            [b'x', high, low, after @ ..] if *first == b'\\' => {
                bytes.push(digit(*high) << 4 | digit(*low));
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_in_the_order_in_which_they_ended() {
        let trace = br#"12 pwrite64(3<\x2f\x61>, "\x01\xff", 2, 4096 <unfinished ...>
13 fsync(4</b>) = 0
12 <... pwrite64 resumed>) = 2
13 rename("\x2f\x61", "\x2f\x62") = -1 ENOENT (No such file or directory)
13 write(1<pipe:[7]>, "\x0a\x61\x0a", 3 <unfinished ...>
12 fdatasync(3<\x2f\x61>(deleted)) = 0
13 <... write resumed>) = 3
12 +++ exited with 0 +++"#;
        let calls = read(trace);
        let names: Vec<_> = calls.iter().map(|call| (call.name.as_str(), call.begun)).collect();
        assert_eq!(names, [("fsync", 0), ("pwrite64", 0), ("write", 2), ("fdatasync", 3)]);
        let write = &calls[1];
        assert_eq!(write.arguments[0], Argument::File(3, b"/a".to_vec()));
        assert_eq!(write.arguments[1], Argument::Text(vec![1, 0xff]));
        assert_eq!(write.arguments[3], Argument::Word("4096".into()));
    }
}
