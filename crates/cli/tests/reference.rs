//! docs/cli.md says what the program says.

#[test]
fn the_reference_is_up_to_date() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
    let made = accord_cli::markdown();
    if std::env::var_os("ACCORD_BLESS").is_some() {
        std::fs::write(path, &made).expect("docs/cli.md can be written");
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(found == made, "docs/cli.md is not up to date; ACCORD_BLESS=1 cargo test writes it anew");
}
