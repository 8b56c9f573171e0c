//! Writes the honest examples into a folder for each target, for a fuzzer to begin from: without them it hardly gets past the
//! first bytes of most formats.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).map(PathBuf::from).ok_or("name a folder, such as fuzz/corpus")?;
    for (name, _) in accord_fuzz::TARGETS {
        let folder = folder.join(name);
        std::fs::create_dir_all(&folder)?;
        for (number, example) in accord_fuzz::examples(name).iter().enumerate() {
            std::fs::write(folder.join(format!("example-{number}")), example)?;
        }
    }
    Ok(())
}
