//! All offices of a page, and what happens between them.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use super::command::Line;
use super::office::Office;
use super::page::{Done, Step};
use super::redact::redact;

/// The folder of the files that a page hands out, and its name in braces.
const FILES: &str = "files";

/// How long a node may take to send a stranger away, or to begin an exchange once its line is back.
const PATIENCE: Duration = Duration::from_secs(60);

/// The world of one page. Its homes go away with it.
pub(super) struct World {
    // Before the folder, so that nodes end before their homes go.
    offices: BTreeMap<String, Office>,
    folder: tempfile::TempDir,
    /// What the page has named so far.
    pub(super) variables: BTreeMap<String, String>,
}

impl World {
    pub(super) fn new(page: &str) -> Self {
        let prefix = format!("accord-{}-", page.trim_end_matches(".md"));
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir().expect("there is room for homes");
        Self { offices: BTreeMap::new(), folder, variables: BTreeMap::new() }
    }

    /// Runs one step. An office exists from its first step on.
    pub(super) fn run(&mut self, step: &Step) -> Result<Done, String> {
        if let Some(name) = &step.office
            && !self.offices.contains_key(name)
        {
            let office = Office::new(&self.folder.path().join(name.to_lowercase()))?;
            self.offices.insert(name.clone(), office);
        }
        if let Some(text) = &step.text {
            self.hand_out(&step.command, text)?;
            return Ok(Done { output: String::new(), exit: Some(0) });
        }
        let offices = &self.offices;
        let files = self.folder.path().join(FILES);
        let look_up = |name: &str| match name.split_once('.') {
            None if name == FILES => Some(files.display().to_string()),
            None => offices.get(name).map(Office::address),
            Some((name, "home")) => offices.get(name).map(|office| office.home().display().to_string()),
            Some((name, "line")) => offices.get(name).map(|office| office.door.address()),
            Some(_) => None,
        };
        let line = Line::parse(&step.command, &self.variables, &look_up)?;
        let mut done = match &step.office {
            Some(name) => self.offices.get_mut(name).ok_or("no such office")?.run(&line)?,
            None => self.act(&line)?,
        };
        if let Some(name) = line.keep
            && done.exit == Some(0)
        {
            // What is kept is data: the first line, which a person would copy.
            let (first, rest) = done.output.split_once('\n').unwrap_or((&done.output, ""));
            self.variables.insert(name, first.to_owned());
            done.output = rest.to_owned();
        }
        Ok(done)
    }

    /// Writes a file of the page, with what the page has named so far in place of `$NAME`.
    fn hand_out(&self, name: &str, text: &str) -> Result<(), String> {
        let folder = self.folder.path().join(FILES);
        // The longest name first: one may begin like another.
        let mut names: Vec<&String> = self.variables.keys().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let text = names
            .into_iter()
            .fold(text.to_owned(), |text, name| text.replace(&format!("${name}"), &self.variables[name]));
        std::fs::create_dir_all(&folder)
            .and_then(|()| std::fs::write(folder.join(name), text))
            .map_err(|error| format!("the file cannot be handed out: {error}"))
    }

    /// What nobody's terminal does.
    fn act(&mut self, line: &Line) -> Result<Done, String> {
        let office = |name: &String| self.offices.get(name).ok_or_else(|| format!("no office {name}"));
        let (verb, names) = line.words.split_first().ok_or("nothing to do")?;
        match verb.as_str() {
            "same" => return self.same(names),
            "spoil" => return spoil(names),
            "damage" => {
                let (name, what) = names.split_first().ok_or(super::damage::USE)?;
                return super::damage::damage(&office(name)?.home(), what);
            }
            "less" => return less(names),
            "clock" => return self.set_clock(names),
            "vouch" => {
                let [one, other] = names else { return Err("vouch OFFICE OFFICE".to_owned()) };
                super::knowing::build(&office(one)?.home(), &office(other)?.home())?;
                return Ok(Done { output: String::new(), exit: Some(0) });
            }
            "rule" => {
                let (number, names) = names.split_first().ok_or("rule NUMBER OFFICE OFFICE")?;
                let number = number.parse::<u32>().map_err(|_| format!("{number} is no number"))?;
                let homes: Vec<_> =
                    names.iter().map(|name| Ok(office(name)?.home())).collect::<Result<_, String>>()?;
                super::newer::rule(number, &homes)?;
                return Ok(Done { output: String::new(), exit: Some(0) });
            }
            _ => {}
        }
        // `slow`, and `restore-until`, have a number before the offices.
        let (number, names) = match names.split_first() {
            Some((first, rest)) if matches!(verb.as_str(), "slow" | "restore-until") => {
                (first.parse::<u64>().map_err(|_| format!("{first} is no number"))?, rest)
            }
            _ => (0, names),
        };
        let mut output = String::new();
        for name in names {
            let office = office(name)?;
            match verb.as_str() {
                "cut" => office.door.cut(),
                "restore" => office.door.restore(),
                "malform" => super::malformed::sign(&office.home())?,
                "slow" => office.door.slow(number),
                "restore-until" => office.door.restore_until(number),
                "garbage" => output.push_str(&garbage(office.port())?),
                _ => {
                    return Err("the world knows `cut`, `restore`, `restore-until`, `slow`, `clock`, `garbage`, `less`, \
                                `malform`, `rule`, `same`, `spoil`, `vouch` and `damage`"
                        .to_owned());
                }
            }
        }
        if verb == "cut" {
            self.until_alone(names)?;
        }
        if verb == "restore-until" {
            self.await_cut(names)?;
        }
        Ok(Done { output, exit: Some(0) })
    }

    /// Where nobody is left whom a node could still reach, waits until each has noticed that it is alone: a command that
    /// follows tells who is connected.
    fn until_alone(&self, cut: &[String]) -> Result<(), String> {
        let running = || self.offices.iter().filter(|(_, office)| office.node.is_some());
        if running().any(|(name, _)| !cut.contains(name)) {
            return Ok(());
        }
        let status = ["accord", "status", "--json"].map(str::to_owned);
        let begun = Instant::now();
        for (name, office) in running() {
            while says_connected(&office.standard_output(&status)?)? {
                if begun.elapsed() > PATIENCE {
                    return Err(format!("{name} still takes somebody for connected"));
                }
            }
        }
        Ok(())
    }

    /// Goes on once one of these lines has cut itself, and all are cut then.
    fn await_cut(&self, names: &[String]) -> Result<(), String> {
        let doors: Vec<_> = names.iter().filter_map(|name| Some(&self.offices.get(name)?.door)).collect();
        let begun = Instant::now();
        // Which of them carries the connection is chance: who calls whom.
        let turn = Duration::from_millis(100);
        while !doors.iter().any(|door| door.wait_for_cut(turn)) {
            if begun.elapsed() > PATIENCE {
                return Err("too little went through".to_owned());
            }
        }
        doors.iter().for_each(|door| door.cut());
        Ok(())
    }

    /// From now on the clock of an office's machine is off by as much, such as `+365d`.
    fn set_clock(&mut self, words: &[String]) -> Result<Done, String> {
        let [name, offset] = words else { return Err("clock OFFICE OFFSET".to_owned()) };
        if !self.offices.contains_key(name) {
            let office = Office::new(&self.folder.path().join(name.to_lowercase()))?;
            self.offices.insert(name.clone(), office);
        }
        let library = super::wrong_clock().ok_or("there is no library for wrong clocks here")?;
        let office = self.offices.get_mut(name).ok_or("no such office")?;
        office.machine = vec![
            ("LD_PRELOAD".to_owned(), library.display().to_string()),
            ("FAKETIME".to_owned(), offset.clone()),
            // A clock that is wrong still goes at its pace, and so does what measures times.
            ("FAKETIME_DONT_FAKE_MONOTONIC".to_owned(), "1".to_owned()),
        ];
        Ok(Done { output: String::new(), exit: Some(0) })
    }

    /// Runs one command in several offices, which all have to print the very same.
    fn same(&self, words: &[String]) -> Result<Done, String> {
        let at = words.iter().position(|word| word == "accord").ok_or("same OFFICE… accord …")?;
        let (names, command) = words.split_at(at);
        let mut first: Option<String> = None;
        for name in names {
            let office = self.offices.get(name).ok_or_else(|| format!("no office {name}"))?;
            let output = office.standard_output(command)?;
            match &first {
                None => first = Some(output),
                Some(first) if *first == output => {}
                Some(first) => return Err(format!("{name} prints\n{output}\nand not\n{first}")),
            }
        }
        if first.is_none_or(|output| output.is_empty()) {
            return Err("nothing was printed".to_owned());
        }
        Ok(Done { output: "the same bytes\n".to_owned(), exit: Some(0) })
    }

    /// What is the same in every run.
    pub(super) fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in self.variables.values() {
            text = text.replace(value, "[..]");
        }
        text = text.replace(&self.folder.path().display().to_string(), "[..]");
        for office in self.offices.values() {
            text = text.replace(&office.address(), "[..]").replace(&office.door.address(), "[..]");
            text = text.replace(&format!("127.0.0.1:{}", office.port()), "[..]");
        }
        redact(&text)
    }

    /// The logs of all nodes, for whoever looks for the cause of a failure.
    pub(super) fn logs(&self) -> String {
        let logs =
            self.offices.iter().map(|(name, office)| format!("--- node of {name}\n{}\n", office.log()));
        logs.collect()
    }
}

/// Whether an answer says of anybody that they are connected.
fn says_connected(answer: &str) -> Result<bool, String> {
    fn any(value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::Object(fields) => {
                fields.get("connected") == Some(&serde_json::Value::Bool(true)) || fields.values().any(any)
            }
            serde_json::Value::Array(items) => items.iter().any(any),
            _ => false,
        }
    }
    serde_json::from_str(answer).map(|answer| any(&answer)).map_err(|error| error.to_string())
}

/// Changes one bit in the middle of a file.
fn spoil(files: &[String]) -> Result<Done, String> {
    for file in files {
        let mut bytes = std::fs::read(file).map_err(|error| error.to_string())?;
        let middle = bytes.len() / 2;
        *bytes.get_mut(middle).ok_or("the file is empty")? ^= 1;
        std::fs::write(file, bytes).map_err(|error| error.to_string())?;
    }
    Ok(Done { output: String::new(), exit: Some(0) })
}

/// Sends a node what no node sends, and waits until it closes the connection.
fn garbage(port: u16) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("the node does not take connections: {error}");
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).map_err(failed)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
    // The node may close while this is still being sent.
    let _ = stream.write_all(&b"\xff\x00 no node says this \r\n".repeat(50_000));
    let mut answer = [0; 1024];
    loop {
        match stream.read(&mut answer) {
            Ok(1..) => {}
            Err(error)
                if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) =>
            {
                return Err("the node keeps a connection that says nothing it knows".to_owned());
            }
            Ok(0) | Err(_) => return Ok("the node closed the connection\n".to_owned()),
        }
    }
}

/// Whether one number is less than another, as people write them.
fn less(words: &[String]) -> Result<Done, String> {
    let number = |word: &String| {
        let digits: String = word.chars().filter(|c| *c != ',').collect();
        digits.parse::<u64>().map_err(|_| format!("{word} is no number"))
    };
    let [one, other] = words else { return Err("less NUMBER NUMBER".to_owned()) };
    match number(one)? < number(other)? {
        true => Ok(Done { output: "yes\n".to_owned(), exit: Some(0) }),
        false => Err(format!("{one} is not less than {other}")),
    }
}
