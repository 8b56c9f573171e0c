//! Runs the walkthroughs, Markdown pages that show what people do and see, against the real program.
//!
//! tests/walkthroughs/README.md says how a page is written. `ACCORD_BLESS=1` writes what the program prints now
//! into the pages.

mod support;

macro_rules! walkthroughs {
    ($($name:ident: $file:literal,)*) => {
        $(
            #[test]
            fn $name() {
                support::walk($file);
            }
        )*

        const WALKED: &[&str] = &[$($file,)* TUNISIA, CLOCKS];
    };
}

walkthroughs! {
    s0_first_hour: "s0-first-hour.md",
    s1_same_budget: "s1-same-budget.md",
    s2a_paragraph: "s2a-paragraph.md",
    s2_rewrite: "s2-rewrite.md",
    s3_retired: "s3-retired.md",
    s5_trust_boundary: "s5-trust-boundary.md",
    s4_ratified: "s4-ratified.md",
    third_organisation: "third-organisation.md",
    s5_devices: "s5-devices.md",
    desk: "desk.md",
    root_key: "root-key.md",
    signing_device: "signing-device.md",
    recovery: "recovery.md",
    observer: "observer.md",
    secretariat: "secretariat.md",
    partition: "s5-partition.md",
    relay: "relay.md",
    old_copy: "old-copy.md",
    made_again: "made-again.md",
    signed_twice: "signed-twice.md",
    draft: "draft.md",
    s6_absence: "s6-absence.md",
    s7_bundle: "s7-bundle.md",
    bad_days: "bad-days.md",
    damaged_file: "damaged-file.md",
    damaged_pack: "damaged-pack.md",
    damaged_store: "damaged-store.md",
    editor: "editor.md",
    checks: "checks.md",
    kinds: "kinds.md",
    import: "import.md",
    report: "report.md",
    template: "template.md",
    french: "french.md",
    store: "store.md",
    vouched: "vouched.md",
    guard_rule: "guard-rule.md",
}

const TUNISIA: &str = "tunisia-import.md";

/// The rows that the partners publish are no part of the project: without them there is nothing to walk on.
#[test]
fn tunisia_import() {
    let rows = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/iati/TN_urban_partners_2021-07.csv");
    if rows.exists() {
        support::walk(TUNISIA);
    } else {
        println!("skipped: the rows of the partners are not here ({})", rows.display());
    }
}

const CLOCKS: &str = "wrong-clocks.md";

#[test]
fn wrong_clocks() {
    if support::wrong_clock().is_some() {
        support::walk(CLOCKS);
    } else {
        println!("skipped: there is no library for wrong clocks here (Debian's package libfaketime)");
    }
}

#[test]
fn every_page_is_walked() {
    let mut pages = support::pages();
    let mut walked: Vec<String> = WALKED.iter().map(|&page| page.to_owned()).collect();
    pages.sort();
    walked.sort();
    assert_eq!(pages, walked, "list every page above");
}
