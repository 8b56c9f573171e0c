//! What differs from run to run, taken out of what is written into a page.

/// Replaces times, ids, tickets, cards and process numbers by wildcards.
pub(super) fn redact(text: &str) -> String {
    text.lines().map(line).fold(String::new(), |text, line| text + &line + "\n")
}

fn line(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((word, gap, after)) = next_word(rest) {
        out.push_str(gap);
        out.push_str(&if varies(word) { "[..]".to_owned() } else { word.to_owned() });
        rest = after;
    }
    out.push_str(rest);
    let out = replace_between(&out, "just now (", ")", "[..]");
    let out = replace_between(&out, "(process ", ")", "(process [..])");
    let out = replace_between(&out, "kept in ", ".yaml", "kept in [..].yaml");
    // How much is still on its way when somebody asks for everything depends on the moment.
    let out = replace_between(&out, ": ", " received.", ": [..]");
    out.replace("just now", "[..]")
}

/// The next run of letters, digits and what ids and times are made of, with what stands before it.
fn next_word(text: &str) -> Option<(&str, &str, &str)> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':');
    let start = text.find(is_part)?;
    let end = text[start..].find(|c: char| !is_part(c)).map_or(text.len(), |length| start + length);
    Some((&text[start..end], &text[..start], &text[end..]))
}

fn varies(word: &str) -> bool {
    let hexadecimal = word.len() >= 8
        && word.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
        && word.contains(|c: char| c.is_ascii_digit());
    let time = word.len() == 20 && word.ends_with('Z') && word.as_bytes().get(10) == Some(&b'T');
    hexadecimal || time || word.starts_with("accord-card-") || word.starts_with("accord-ticket-")
}

fn replace_between(text: &str, from: &str, to: &str, by: &str) -> String {
    match text.split_once(from).and_then(|(before, rest)| Some((before, rest.split_once(to)?.1))) {
        Some((before, after)) => format!("{before}{by}{after}"),
        None => text.to_owned(),
    }
}

#[test]
fn what_varies_is_taken_out() {
    assert_eq!(
        redact("2fabc5f35c CA, just now (2026-11-23T20:50:46Z)\n  a: 1,000 → 2\n"),
        "[..] CA, [..]\n  a: 1,000 → 2\n"
    );
    assert_eq!(redact("accord-ticket-hlgg_IxF"), "[..]\n");
}
