use super::*;

#[test]
fn a_kind_is_read_with_the_name_first() {
    let kind = Kind::from_yaml(
        "{name: note, version: 1, fields: [{name: title, type: text}, {name: state, type: code, codes: [open, done]}]}",
    )
    .unwrap();
    assert_eq!(kind.fields[0].name, NAME_FIELD);
    assert_eq!(kind.field("state").unwrap().labels.en(), "state");
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let error = Kind::from_yaml(
        "{name: Note, version: 0, fields: [{name: a, type: txt}, {name: a, type: set, fields: [{name: b, type: rows, fields: []}]}, {name: c, type: shares, of: nothing}]}",
    )
    .unwrap_err()
    .to_string();
    for part in [
        "name: `Note`",
        "version:",
        "fields.a: no type `txt`",
        "already used",
        "fields.a.b:",
        "fields.c: no set `nothing`",
    ] {
        assert!(error.contains(part), "{part} is missing in {error}");
    }
}

#[test]
fn only_a_table_of_amounts_says_whether_they_may_be_negative() {
    let fields = "{name: a, type: table, axes: [year], negative: true}";
    let kind = Kind::from_yaml(&format!("{{name: n, version: 1, fields: [{fields}]}}")).unwrap();
    assert!(kind.field("a").unwrap().negative);
    let error = Kind::from_yaml("{name: n, version: 1, fields: [{name: a, type: text, negative: true}]}");
    assert!(error.unwrap_err().to_string().contains("`negative` means nothing"));
}

#[test]
fn a_word_that_means_nothing_is_refused() {
    let error =
        Kind::from_yaml("{name: n, version: 1, fields: [{name: a, type: text, colour: red}]}").unwrap_err();
    assert!(error.to_string().contains("colour"));
}

#[test]
fn help_is_one_text_or_one_for_each_language() {
    let help = |written: &str| {
        let yaml = format!("{{name: visit, version: 1, fields: [{{name: a, type: text, help: {written}}}]}}");
        Kind::from_yaml(&yaml).map(|kind| kind.field("a").unwrap().help.clone().unwrap())
    };
    let plain = help("where it was").unwrap();
    assert_eq!((plain.en(), plain.get("fr")), ("where it was", "where it was"));
    let both = help("{ en: where it was, fr: le lieu }").unwrap();
    assert_eq!((both.get("en"), both.get("fr")), ("where it was", "le lieu"));
    for wrong in ["{ fr: le lieu }", "{ en: a, it: b }"] {
        assert!(matches!(help(wrong), Err(KindError::Invalid(all)) if all.len() == 1), "{wrong}");
    }
}

#[test]
fn mistakes_are_told_in_the_language_of_whoever_is_spoken_to() {
    use accord_words::{Language, Speech, within};
    let french = Speech { language: Language::French, ..Speech::default() };
    let wrong = "{name: visit, version: 0, fields: [{name: a, type: jour}]}";
    let told = |speech| within(speech, || Kind::from_yaml(wrong).unwrap_err().to_string());
    assert!(told(Speech::default()).contains("version: versions start at 1"));
    assert!(told(french).contains("version\u{a0}: les versions commencent à 1"), "{}", told(french));
}
