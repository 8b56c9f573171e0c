//! An office: a fresh home, an address, a line to the others, and the real program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use accord_core::api::{Request, Response};
use accord_door::{Door, free_port};
use accord_node::Unlock;

use super::command::Line;
use super::node::Node;
use super::page::Done;
use super::project;

/// No command of a walkthrough waits for others as long as this.
const PATIENCE: Duration = Duration::from_secs(120);

/// An office.
pub(super) struct Office {
    folder: PathBuf,
    port: u16,
    pub(super) door: Door,
    pub(super) node: Option<Node>,
    /// What its machine adds to the environment of every program, such as a clock that is wrong.
    pub(super) machine: Vec<(String, String)>,
    /// The log of the last node that ended.
    past_log: String,
}

/// Asks the node that runs on a home.
fn ask(home: &Path, request: Request) -> Result<Response, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let asked =
        runtime.block_on(async { accord_node::request(home, Unlock::default(), request, &mut |_| {}).await });
    asked.map_err(|problem| problem.to_string())
}

/// How many people of an office work at once.
const COLLEAGUES: usize = 8;

/// Words that nobody has written before, the same ones each time: many of them do not pack into little.
fn unforeseen(number: usize) -> String {
    // SplitMix64, by Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
    let mut state = number as u64;
    let mut words = Vec::with_capacity(10);
    for _ in 0..10 {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        words.push(format!("{:012x}", (mixed ^ (mixed >> 31)) >> 16));
    }
    words.join(" ")
}

impl Office {
    pub(super) fn new(folder: &Path) -> Result<Self, String> {
        std::fs::create_dir(folder).map_err(|error| error.to_string())?;
        let port = free_port().map_err(|error| error.to_string())?;
        let door = Door::before(port).map_err(|error| error.to_string())?;
        Ok(Self {
            folder: folder.to_path_buf(),
            port,
            door,
            node: None,
            machine: Vec::new(),
            past_log: String::new(),
        })
    }

    pub(super) fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// Where its node listens. The others are told the address of its door.
    pub(super) fn address(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}", self.port)
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// What its node has said.
    pub(super) fn log(&self) -> String {
        self.node.as_ref().map_or_else(|| self.past_log.clone(), Node::log)
    }

    /// Runs one line of its terminal.
    pub(super) fn run(&mut self, line: &Line) -> Result<Done, String> {
        match line.words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["accord", "node", ..] if line.background => {
                self.node = Some(Node::start(self.program(line))?);
                Ok(Done { output: String::new(), exit: Some(0) })
            }
            ["accord", ..] => {
                let done = execute(self.program(line))?;
                if line.words.iter().any(|word| word == "init") && done.exit == Some(0) {
                    self.tell_of_the_door()?;
                }
                Ok(done)
            }
            ["terminal", "accord", ..] => self.at_a_terminal(line),
            ["work", count, what] => self.work(count, what).map(|()| silent()),
            ["meet", ref codes @ ..] => self.meet(codes).map(|()| silent()),
            ["copy", home] => self.copy(home).map(|()| silent()),
            ["put-back", home] => self.put_back(home).map(|()| silent()),
            ["keep", file, text] => keep(file, text).map(|()| silent()),
            ["kill", "node"] => self.take_node()?.kill().map(|_| silent()),
            ["stop", "node"] => self.take_node()?.terminate().map(|exit| Done { exit, ..silent() }),
            ["wait", "node"] => self.take_node()?.wait().map(|exit| Done { exit, ..silent() }),
            _ => Err("a walkthrough knows `accord …`, `terminal accord …`, `work COUNT documents`, `work COUNT changes`, `meet CODE`, `copy HOME`, `put-back HOME`, `keep FILE TEXT`, `kill node`, `stop node` and `wait node`".to_owned()),
        }
    }

    /// Runs a command as at a terminal, where it tells how far it is on a line that it writes again and again: of that line the
    /// first and the last that were there stand before what it printed.
    fn at_a_terminal(&self, line: &Line) -> Result<Done, String> {
        let line = Line {
            words: line.words[1..].to_vec(),
            environment: line.environment.clone(),
            ..Line::default()
        };
        let program = self.program(&line);
        let quoted = |word: &std::ffi::OsStr| format!("'{}'", word.to_string_lossy().replace('\'', "'\\''"));
        let words: Vec<String> =
            [program.get_program()].into_iter().chain(program.get_args()).map(quoted).collect();
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &words.join(" "), "/dev/null"]).env_clear();
        command.envs(program.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("NO_COLOR", "1").env("TERM", "dumb").current_dir(project());
        let done = execute(command)?;
        let text = done.output.replace("\r\n", "\n");
        let mut parts: Vec<&str> = text.split("\r\u{1b}[K").collect();
        let printed = parts.pop().unwrap_or_default();
        parts.retain(|part| part.contains(" left ("));
        let told: String =
            parts.first().into_iter().chain(parts.last()).map(|part| format!("{part}\n")).collect();
        Ok(Done { output: told + printed, exit: done.exit })
    }

    /// Somebody works for long: makes so many documents, or changes in all documents one after the other. Each is a request of
    /// its own to the node that runs here, as if it were typed; several colleagues type at once, each in documents of their own.
    fn work(&self, count: &str, what: &str) -> Result<(), String> {
        let count: usize = count.parse().map_err(|_| format!("{count} is no number"))?;
        let documents = match ask(&self.home(), Request::List)? {
            Response::Listing(listing) => listing.documents.into_iter().map(|one| one.name).collect(),
            _ => return Err("the documents are not listed".to_owned()),
        };
        let documents: Vec<String> = documents;
        let field = if self.folder.ends_with("ca") { "title.en" } else { "title.fr" };
        let request = |number: usize| match what {
            "documents" => Ok(Request::New {
                kind: "note".to_owned(),
                name: format!("Note {}", number + 1),
                space: None,
                template: None,
                content: None,
            }),
            "changes" if !documents.is_empty() => Ok(Request::Set {
                document: documents[number % documents.len()].clone(),
                path: field.to_owned(),
                value: format!("What was meant the {number}th time: {}", unforeseen(number)),
            }),
            _ => Err("work COUNT documents, or work COUNT changes".to_owned()),
        };
        let home = &self.home();
        let (request, documents) = (&request, &documents);
        let whose = move |number: usize| number % documents.len().max(1) % COLLEAGUES;
        std::thread::scope(|scope| {
            let work = |one| {
                scope.spawn(move || -> Result<(), String> {
                    (0..count)
                        .filter(|number| whose(*number) == one)
                        .try_for_each(|number| ask(home, request(number)?).map(drop))
                })
            };
            let all: Vec<_> = (0..COLLEAGUES).map(work).collect();
            all.into_iter().try_for_each(|one| one.join().map_err(|_| "somebody gave up".to_owned())?)
        })
    }

    /// Exchanges everything with these organisations. Where one has only just come, who calls whom first is chance: an
    /// exchange ends without it if neither has heard yet where the other listens.
    fn meet(&self, codes: &[&str]) -> Result<(), String> {
        let words = ["accord", "sync", "--wait", "10", "--json"].map(str::to_owned).to_vec();
        let sync = Line { words, ..Line::default() };
        let begun = std::time::Instant::now();
        loop {
            let done = execute(self.program(&sync))?;
            // Standard error follows the answer.
            let answer: Option<Result<serde_json::Value, _>> =
                serde_json::Deserializer::from_str(&done.output).into_iter().next();
            let met = answer
                .as_ref()
                .and_then(|answer| answer.as_ref().ok())
                .and_then(|answer| answer["in_step"].as_array());
            if met.is_some_and(|met| codes.iter().all(|code| met.iter().any(|one| one == code))) {
                return Ok(());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{} was not met: {}", codes.join(", "), done.output));
            }
        }
    }

    /// What nobody should do: a copy of another office's home, keys and all.
    fn copy(&self, home: &str) -> Result<(), String> {
        let copied = Command::new("cp").arg("-a").arg(home).arg(self.home()).status();
        match copied {
            Ok(status) if status.success() => self.tell_of_the_door(),
            _ => Err(format!("{home} cannot be copied")),
        }
    }

    /// What a command that succeeds prints on standard output.
    pub(super) fn standard_output(&self, words: &[String]) -> Result<String, String> {
        let line = Line { words: words.to_vec(), ..Line::default() };
        let output = self.program(&line).stdin(Stdio::null()).output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(format!("the command failed: {}", String::from_utf8_lossy(&output.stderr)));
        }
        String::from_utf8(output.stdout).map_err(|error| error.to_string())
    }

    /// What nobody should do either: the store of a copy of this home that was made earlier, in the place of its own.
    fn put_back(&self, home: &str) -> Result<(), String> {
        let (from, to) = (Path::new(home).join("store"), self.home().join("store"));
        std::fs::remove_dir_all(&to).map_err(|error| format!("{}: {error}", to.display()))?;
        let copied = Command::new("cp").arg("-a").arg(&from).arg(&to).status();
        match copied {
            Ok(status) if status.success() => Ok(()),
            _ => Err(format!("{} cannot be put back", from.display())),
        }
    }

    fn take_node(&mut self) -> Result<Node, String> {
        let node = self.node.take().ok_or("no node runs here")?;
        self.past_log = node.log();
        Ok(node)
    }

    fn tell_of_the_door(&self) -> Result<(), String> {
        let settings = format!("announce: [\"{}\"]\n", self.door.address());
        std::fs::write(self.home().join("config.yaml"), settings).map_err(|error| error.to_string())
    }

    fn program(&self, line: &Line) -> Command {
        let program = Path::new(env!("CARGO_BIN_EXE_accord"));
        let mut command = Command::new(program);
        // An editor of a walkthrough is a script, which may run the program too.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = program.parent().map(Path::to_path_buf).into_iter().chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).unwrap_or(path);
        // Nothing of the person who runs the tests, such as an editor or a home of their own.
        command.args(&line.words[1..]).current_dir(project()).env_clear().env("PATH", path);
        command.env("HOME", &self.folder).env("TMPDIR", &self.folder).env("ACCORD_HOME", self.home());
        if let Some(node) = &self.node {
            command.env("NODE", node.pid().to_string());
        }
        command.envs(self.machine.iter().map(|(name, value)| (name, value)));
        command.envs(line.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// Writes a file that is its owner's alone, such as one with a passphrase.
fn keep(file: &str, text: &str) -> Result<(), String> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let opened = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file);
    opened.and_then(|mut file| writeln!(file, "{text}")).map_err(|error| format!("{file}: {error}"))
}

fn silent() -> Done {
    Done { output: String::new(), exit: Some(0) }
}

/// Runs a program to its end.
fn execute(mut command: Command) -> Result<Done, String> {
    let mut process = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the program cannot be started: {error}"))?;
    let (tell, output) = channel();
    let streams: [Option<Box<dyn std::io::Read + Send>>; 2] = [
        process.stdout.take().map(|stream| Box::new(stream) as _),
        process.stderr.take().map(|stream| Box::new(stream) as _),
    ];
    for (index, mut stream) in streams.into_iter().flatten().enumerate() {
        let tell = tell.clone();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stream.read_to_end(&mut bytes);
            let _ = tell.send((index, String::from_utf8_lossy(&bytes).into_owned()));
        });
    }
    let mut texts = [String::new(), String::new()];
    for _ in 0..texts.len() {
        match output.recv_timeout(PATIENCE) {
            Ok((index, text)) => texts[index] = text,
            Err(_) => {
                let _ = process.kill();
                let _ = process.wait();
                return Err(format!("the command did not end within {} seconds", PATIENCE.as_secs()));
            }
        }
    }
    let status = process.wait().map_err(|error| error.to_string())?;
    Ok(Done { output: texts.concat(), exit: status.code() })
}
