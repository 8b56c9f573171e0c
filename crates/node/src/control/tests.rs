//! What clients of every sort see, and that none of them disturbs the others.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use accord_core::api::{Exit, MAX_LINE, Message, Problem, Progress, Request, Response, Synced};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::client::NotRunning;
use super::server::Farewell;
use super::{Handle, Listener, ProgressSender, ask, socket_to_ask, socket_to_serve};

/// Answers a few requests in ways that are easy to tell apart.
#[derive(Default)]
struct Fake {
    /// Says when a request was dropped before its end.
    dropped: Option<mpsc::UnboundedSender<()>>,
    /// Says when a request that writes has ended.
    written: Notify,
    stop: CancellationToken,
}

/// A problem that says this.
fn told(text: &str) -> Problem {
    Problem::said("told", text.to_owned(), None)
}

struct TellDrop(Option<mpsc::UnboundedSender<()>>);

impl Drop for TellDrop {
    fn drop(&mut self) {
        if let Some(dropped) = &self.0 {
            let _ = dropped.send(());
        }
    }
}

impl Handle for Fake {
    async fn handle(&self, request: Request, progress: ProgressSender) -> Result<Response, Problem> {
        match request {
            Request::List => panic!("a mistake"),
            Request::Status => {
                let _told = TellDrop(self.dropped.clone());
                std::future::pending().await
            }
            Request::Invite { .. } => {
                tokio::task::yield_now().await;
                self.written.notify_one();
                Err(told("written"))
            }
            Request::Sync { .. } => {
                progress.send(Progress { text: "half".into(), sent: 1, received: 2 });
                Ok(Response::Synced(Synced { in_step: vec![], unreached: vec![], sent: 2, received: 4 }))
            }
            Request::Stop => {
                self.stop.cancel();
                Ok(Response::Stopping)
            }
            Request::Set { value, .. } => Err(told(&value)),
            _ => Err(told("other")),
        }
    }
}

struct Serving {
    _home: tempfile::TempDir,
    socket: PathBuf,
    handler: Arc<Fake>,
    task: JoinHandle<Farewell>,
}

async fn serving(handler: Fake) -> Serving {
    let home = tempfile::tempdir().unwrap();
    let socket = socket_to_serve(home.path()).unwrap();
    let handler = Arc::new(handler);
    let listener = Listener::bind(&socket).await.unwrap();
    let task = tokio::spawn(listener.serve(handler.clone(), handler.stop.clone()));
    Serving { _home: home, socket, handler, task }
}

async fn ask_quietly(socket: &Path, request: Request) -> Result<Result<Response, Problem>, NotRunning> {
    ask(socket, &request, &mut |_| {}).await
}

fn set(value: &str) -> Request {
    Request::Set { document: "d".into(), path: "p".into(), value: value.into() }
}

/// Everything that the node sends until it closes. A node that closes on what it has not read resets the
/// connection, which also is an end.
async fn rest(mut stream: UnixStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(n @ 1..) = stream.read(&mut chunk).await {
        bytes.extend_from_slice(&chunk[..n]);
    }
    String::from_utf8(bytes).unwrap()
}

fn problem(answer: &str) -> Problem {
    match serde_json::from_str(answer.trim()).unwrap() {
        Message::Problem(problem) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn progress_comes_before_the_answer() {
    let node = serving(Fake::default()).await;
    let mut seen = Vec::new();
    let answer = ask(&node.socket, &Request::Sync { wait_seconds: 1 }, &mut |p| seen.push(p.text)).await;
    assert!(matches!(answer, Ok(Ok(Response::Synced(_)))), "{answer:?}");
    assert!(seen.len() <= 1, "a line of progress may be overtaken by the answer, and is never repeated");
}

#[tokio::test]
async fn a_panic_costs_its_own_answer_only() {
    let node = serving(Fake::default()).await;
    let first = ask_quietly(&node.socket, Request::List).await.unwrap().unwrap_err();
    assert!(first.message.contains("mistake"), "{first}");
    let second = ask_quietly(&node.socket, set("still here")).await.unwrap().unwrap_err();
    assert_eq!(second.message, "still here");
}

#[tokio::test]
async fn garbage_is_answered_with_a_problem() {
    let node = serving(Fake::default()).await;
    for garbage in
        ["hello\n", "{}\n", "{\"request\":\"set\"}\n", "\u{0}\u{1}\n", "{\"request\":\"set\",\"x\":1}\n"]
    {
        let mut stream = UnixStream::connect(&node.socket).await.unwrap();
        stream.write_all(garbage.as_bytes()).await.unwrap();
        assert_eq!(problem(&rest(stream).await).exit, Exit::Usage, "{garbage:?}");
    }
}

#[tokio::test]
async fn a_huge_line_is_refused_before_it_is_kept() {
    let node = serving(Fake::default()).await;
    let stream = UnixStream::connect(&node.socket).await.unwrap();
    let (mut read, mut write) = stream.into_split();
    let flood = tokio::spawn(async move {
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..=(MAX_LINE >> 20) + 1 {
            if write.write_all(&chunk).await.is_err() {
                break;
            }
        }
        write
    });
    let mut answer = vec![0; 4096];
    let n = read.read(&mut answer).await.unwrap();
    assert!(problem(std::str::from_utf8(&answer[..n]).unwrap()).message.contains("longer"));
    drop(flood.await);
    // Just under the bound is served, both ways.
    let answer = ask_quietly(&node.socket, set(&"é".repeat(MAX_LINE / 2 - 100))).await.unwrap().unwrap_err();
    assert_eq!(answer.message.chars().next(), Some('é'));
    assert!(ask_quietly(&node.socket, set(&"z".repeat(MAX_LINE))).await.unwrap().is_err());
}

#[tokio::test]
async fn a_silent_client_is_sent_away() {
    let home = tempfile::tempdir().unwrap();
    let socket = socket_to_serve(home.path()).unwrap();
    let mut listener = Listener::bind(&socket).await.unwrap();
    listener.patience = Duration::from_millis(100);
    let handler = Arc::new(Fake::default());
    let _task = tokio::spawn(listener.serve(handler.clone(), handler.stop.clone()));
    let mut stream = UnixStream::connect(&socket).await.unwrap();
    stream.write_all(b"{\"request\":").await.unwrap();
    assert!(problem(&rest(stream).await).message.contains("within 0.1 seconds"));
}

#[tokio::test]
async fn silent_clients_do_not_hold_up_others() {
    let node = serving(Fake::default()).await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(UnixStream::connect(&node.socket).await.unwrap());
    }
    let mut asked = Vec::new();
    for i in 0..100 {
        let socket = node.socket.clone();
        asked.push(tokio::spawn(async move { ask_quietly(&socket, set(&i.to_string())).await }));
    }
    for (i, asked) in asked.into_iter().enumerate() {
        let answer = asked.await.unwrap().unwrap().unwrap_err();
        assert_eq!(answer.message, i.to_string());
    }
}

#[tokio::test]
async fn a_read_is_given_up_with_its_client_and_a_write_is_not() {
    let (dropped, mut was_dropped) = mpsc::unbounded_channel();
    let node = serving(Fake { dropped: Some(dropped), ..Fake::default() }).await;
    for (request, reads) in [(Request::Status, true), (Request::Invite { valid_seconds: 1 }, false)] {
        let mut stream = UnixStream::connect(&node.socket).await.unwrap();
        let mut line = serde_json::to_vec(&request).unwrap();
        line.push(b'\n');
        stream.write_all(&line).await.unwrap();
        drop(stream);
        if reads {
            was_dropped.recv().await.unwrap();
        } else {
            node.handler.written.notified().await;
        }
    }
}

#[tokio::test]
async fn the_socket_is_its_owners_alone() {
    let node = serving(Fake::default()).await;
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&node.socket), 0o600);
    assert_eq!(mode(node.socket.parent().unwrap()), 0o700);
}

#[tokio::test]
async fn a_folder_open_to_others_is_closed() {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir(home.path().join("run")).unwrap();
    std::fs::set_permissions(home.path().join("run"), PermissionsExt::from_mode(0o777)).unwrap();
    let socket = socket_to_serve(home.path()).unwrap();
    let mode = std::fs::metadata(socket.parent().unwrap()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[tokio::test]
async fn a_socket_left_by_a_killed_node_is_replaced_and_a_served_one_is_not() {
    let home = tempfile::tempdir().unwrap();
    let socket = socket_to_serve(home.path()).unwrap();
    assert_eq!(ask_quietly(&socket, Request::Card).await, Err(NotRunning));
    drop(Listener::bind(&socket).await.unwrap());
    assert!(socket.exists(), "a dropped listener leaves its file, as a kill does");
    assert_eq!(ask_quietly(&socket, Request::Card).await, Err(NotRunning));
    let _first = Listener::bind(&socket).await.unwrap();
    let second = Listener::bind(&socket).await.unwrap_err();
    assert!(second.message.contains("another node"), "{second}");
}

#[tokio::test]
async fn a_long_home_has_its_socket_elsewhere() {
    let home = tempfile::tempdir().unwrap();
    let long = home.path().join("x".repeat(120));
    std::fs::create_dir(&long).unwrap();
    let socket = socket_to_serve(&long).unwrap();
    assert!(socket.as_os_str().len() <= 100);
    assert_eq!(socket_to_ask(&long), socket);
    let handler = Arc::new(Fake::default());
    let listener = Listener::bind(&socket).await.unwrap();
    let task = tokio::spawn(listener.serve(handler.clone(), handler.stop.clone()));
    assert_eq!(ask_quietly(&socket, set("far")).await.unwrap().unwrap_err().message, "far");
    handler.stop.cancel();
    drop(task.await.unwrap());
    assert!(!socket.exists());
}

#[tokio::test]
async fn whoever_stops_the_node_hears_when_it_is_gone() {
    let node = serving(Fake::default()).await;
    let socket = node.socket.clone();
    let mut asked = tokio::spawn(async move { ask_quietly(&socket, Request::Stop).await });
    let farewell = node.task.await.unwrap();
    assert!(!node.socket.exists(), "no new command finds a node that is stopping");
    assert!(
        tokio::time::timeout(Duration::from_millis(50), &mut asked).await.is_err(),
        "the home is still held"
    );
    drop(farewell);
    assert_eq!(asked.await.unwrap(), Ok(Ok(Response::Stopping)));
}

/// A tester opened as many connections as are served at once and sent nothing: every command hung.
#[tokio::test]
async fn as_many_silent_clients_as_are_served_do_not_stop_a_command() {
    let home = tempfile::tempdir().unwrap();
    let socket = socket_to_serve(home.path()).unwrap();
    let mut listener = Listener::bind(&socket).await.unwrap();
    assert!(listener.patience <= Duration::from_secs(5));
    listener.patience = Duration::from_millis(200);
    let handler = Arc::new(Fake::default());
    let _task = tokio::spawn(listener.serve(handler.clone(), handler.stop.clone()));
    let mut silent = Vec::new();
    for i in 0..130 {
        let mut stream = UnixStream::connect(&socket).await.unwrap();
        if i % 2 == 0 {
            stream.write_all(b"{\"request\":").await.unwrap();
        }
        silent.push(stream);
    }
    let asked = tokio::time::timeout(Duration::from_secs(20), ask_quietly(&socket, set("heard")));
    assert_eq!(asked.await.unwrap().unwrap().unwrap_err().message, "heard");
    for stream in silent {
        assert!(problem(&rest(stream).await).message.contains("no request came"));
    }
}

/// A tester stopped a node under load, and two of eighteen commands were cut off: they were in the system's queue.
#[tokio::test]
async fn what_was_asked_before_the_stop_is_answered() {
    let home = tempfile::tempdir().unwrap();
    let socket = socket_to_serve(home.path()).unwrap();
    let listener = Listener::bind(&socket).await.unwrap();
    // More than are served at once, all connected and written before anything is accepted, and the stop comes first.
    let mut asked = Vec::new();
    for i in 0..100 {
        let mut stream = UnixStream::connect(&socket).await.unwrap();
        let mut line = serde_json::to_vec(&set(&i.to_string())).unwrap();
        line.push(b'\n');
        stream.write_all(&line).await.unwrap();
        asked.push(stream);
    }
    let handler = Arc::new(Fake::default());
    handler.stop.cancel();
    let serving = tokio::spawn(listener.serve(handler.clone(), handler.stop.clone()));
    for (i, stream) in asked.into_iter().enumerate() {
        assert_eq!(problem(&rest(stream).await).message, i.to_string());
    }
    drop(serving.await.unwrap());
}

/// After `init` in a folder with a long path, every command said "path must be shorter than SUN_LEN".
#[tokio::test]
async fn no_node_runs_where_no_socket_can_be() {
    let home = tempfile::tempdir().unwrap();
    let long = home.path().join("x".repeat(150));
    std::fs::create_dir(&long).unwrap();
    assert_eq!(ask_quietly(&socket_to_ask(&long), Request::Card).await, Err(NotRunning));
}

/// A node that was killed can leave an answer half written: that is no answer, whatever stands in it.
#[tokio::test]
async fn half_an_answer_is_none() {
    for half in
        [&b""[..], b"{\"ok\"", b"{\"progress\":{\"text\":\"x\",\"sent\":1,\"received\":2}}\n{\"problem\":{"]
    {
        let home = tempfile::tempdir().unwrap();
        let socket = socket_to_serve(home.path()).unwrap();
        let listener = tokio::net::UnixListener::bind(&socket).unwrap();
        let dying = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut question = [0; 4096];
            let _ = stream.read(&mut question).await.unwrap();
            stream.write_all(half).await.unwrap();
        });
        let answer = ask_quietly(&socket, set("x")).await.unwrap().unwrap_err();
        dying.await.unwrap();
        assert_eq!(
            (answer.message.as_str(), answer.exit),
            ("the node ended before it answered", Exit::Unreachable)
        );
        assert!(answer.hint.unwrap().contains("look"));
    }
}

#[test]
fn a_closed_home_says_whose_it_is() {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("run/control.sock");
    let ours = rustix::process::geteuid().as_raw();
    let problem = super::socket::closed(&socket, ours + 1);
    assert_eq!(
        (problem.message.as_str(), problem.exit),
        ("this home belongs to somebody else", Exit::Failed)
    );
    assert!(super::socket::closed(&socket, ours).message.contains("closed to its owner"));
}
