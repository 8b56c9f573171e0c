//! Accord inside another program: asks a home for its documents, and for one value of each.
//!
//!     cargo run --example embed -- HOME PATH
//!
//! for example, with a home that `accord demo --keep` left behind:
//!
//!     cargo run --example embed -- /tmp/accord-demo-x/ca country
//!
//! It works whether or not a node runs on the home: the request goes to the node if there is one, and is answered in
//! this process if not.

use std::path::PathBuf;
use std::process::ExitCode;

use accord_core::api::{Problem, Request, Response};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [home, path] = arguments.as_slice() else {
        eprintln!("usage: embed HOME PATH");
        return ExitCode::from(2);
    };
    match print_values(PathBuf::from(home), path).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            if let Some(hint) = &problem.hint {
                eprintln!("hint: {hint}");
            }
            ExitCode::from(problem.exit.code())
        }
    }
}

async fn print_values(home: PathBuf, path: &str) -> Result<(), Problem> {
    let mut quiet = |_| {};
    // This home has no sealed keys; a program that has them asks for the passphrase here.
    let unlock = accord_node::Unlock::default();
    let Response::Listing(listing) = accord_node::request(&home, unlock, Request::List, &mut quiet).await?
    else {
        return Err(answered_otherwise());
    };
    for document in listing.documents {
        // By id, since two documents may have one name.
        let get = Request::Get { document: document.id.to_string(), path: path.to_owned() };
        match accord_node::request(&home, unlock, get, &mut quiet).await {
            Ok(Response::Value(value)) => println!("{}: {}", document.name, value.value),
            Ok(_) => return Err(answered_otherwise()),
            // A document of another kind has no such field.
            Err(problem) => println!("{}: {problem}", document.name),
        }
    }
    Ok(())
}

/// What the example itself has to say.
fn answered_otherwise() -> Problem {
    Problem::said("other-answer", "the node answered something else".to_owned(), None)
}
