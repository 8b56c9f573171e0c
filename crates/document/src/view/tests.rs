use super::*;
use crate::Edit;
use crate::testing::{Writer, add, kind, set};

#[test]
fn conflicts_cannot_be_mistaken_for_values() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[set("country", "TN"), add("activities", json!({ "code": "A1" }))]);
    let mut cmi = ca.joined("CMI");
    let by_ca = ca.edit(&kind, &[set("country", "EG"), set("activities.A1.methods.technical", "yes")]);
    cmi.edit(&kind, &[set("country", "MA"), set("activities.A1.methods.technical", "no")]);
    ca.pull(&cmi);
    let view = ca.document.view(&kind, None).unwrap();
    let sides = view["country"][CONFLICT].as_array().unwrap();
    assert!(sides.iter().any(|s| s["value"] == "EG" && s["change"] == hash_text(&by_ca.hash)));
    assert_eq!(view["activities"]["A1"]["methods"][0]["code"], "technical");
    assert_eq!(view["name"], "Tunisia");
}

#[test]
fn retired_items_are_marked_and_kept() {
    let kind = kind();
    let mut ca = Writer::first(&kind, &[add("activities", json!({ "code": "A1", "status": "done" }))]);
    let retire = |reason: &str| Edit::Retire { path: "activities.A1".into(), reason: reason.into() };
    ca.edit(&kind, &[retire("covered by AFD")]);
    let view = ca.document.view(&kind, None).unwrap();
    assert_eq!(view["activities"]["A1"]["$retired"]["reason"], "covered by AFD");
    assert_eq!(view["activities"]["A1"]["status"], "done");
    assert!(ca.try_edit(&kind, &[retire("again")]).is_err());
    ca.edit(&kind, &[Edit::Reinstate { path: "activities.A1".into(), reason: "AFD left".into() }]);
    assert!(ca.document.view(&kind, None).unwrap()["activities"]["A1"].get("$retired").is_none());
}

/// A newer program wrote fields that this one does not know: kept, shown, and not written over.
#[test]
fn fields_of_a_newer_kind_are_kept() {
    let newer = Kind::from_yaml(
        "{name: sample, version: 2, fields: [{name: colour, type: string}, {name: country, type: string}]}",
    )
    .unwrap();
    let kind = kind();
    let mut ca = Writer::first(&newer, &[set("colour", "red"), set("country", "TN")]);
    assert_eq!(ca.document.view(&kind, None).unwrap()["$other"]["colour"], "red");
    assert_eq!(ca.document.get(&kind, "colour", None).unwrap(), "red");
    assert!(ca.try_edit(&kind, &[set("colour", "blue")]).unwrap_err().hint().unwrap().contains("upgrade"));
    ca.set(&kind, "country", "EG");
    assert_eq!(ca.document.get(&newer, "colour", None).unwrap(), "red");
}

/// The same inside items, for every type of field, and whatever an older program does beside it: nothing of it is lost, by an
/// edit, in an editor, or on the way to others.
#[test]
fn what_a_newer_kind_knows_of_items_stays_whole() {
    let fields = "{ name: country, type: string }, { name: tests, type: rows, fields: [{ name: place, type: string }MORE] }, \
        { name: activities, type: set, fields: [{ name: status, type: string }MORE] }";
    let yaml = |version: u32, more: &str, root: &str| {
        format!("{{ name: sample, version: {version}, fields: [{}{root}] }}", fields.replace("MORE", more))
    };
    let more = ", { name: story, type: text }, { name: mood, type: string }, { name: parts, type: shares, codes: [A, B] }, \
        { name: cost, type: table, axes: [year], value: amount }, { name: marks, type: codes, codes: [x, y] }";
    let older = Kind::from_yaml(&yaml(1, "", "")).unwrap();
    let root =
        ", { name: hopes, type: text }, { name: guests, type: set, fields: [{ name: who, type: string }] }";
    let newer = Kind::from_yaml(&yaml(2, more, root)).unwrap();
    let item = json!({ "code": "A1", "status": "agreed", "story": { "en": "It went well.\n\nMostly." }, "mood": "good",
        "parts": { "A": 40, "B": 60 }, "cost": { "2013": "5 EUR" }, "marks": ["x"] });
    let row = json!({ "place": "Sfax", "mood": "calm" });
    let mut ca = Writer::first(
        &newer,
        &[
            add("activities", item),
            add("tests", row),
            set("hopes.en", "Many."),
            add("guests", json!({ "code": "G", "who": "all" })),
        ],
    );
    let before = ca.document.view(&newer, None).unwrap();
    let shown = ca.document.view(&older, None).unwrap();
    let other = shown["activities"]["A1"]["$other"].as_object().unwrap();
    for name in ["mood", "parts", "cost.2013", "marks.x"] {
        assert!(other.contains_key(name), "{name} is not shown: {other:?}");
    }
    let texts: Vec<&Value> =
        other.values().filter(|value| value.as_str().is_some_and(|text| text.contains("well"))).collect();
    assert_eq!(texts, [&json!("It went well.")]);
    assert_eq!(shown["tests"][0]["mood"], "calm");
    assert!(shown["$other"].as_object().unwrap().values().any(|value| value == "Many."));
    assert!(before.get("$other").is_none() && before["activities"]["A1"].get("$other").is_none());

    // An older program edits, by command and in an editor, and passes it on.
    let mut cmi = ca.joined("CMI");
    cmi.set(&older, "activities.A1.status", "done");
    let heads = cmi.document.heads();
    let page = cmi.document.render(&older, None).unwrap().replace("country:", "country: TN");
    let edits = cmi.document.parse_edited(&older, &heads, &page).unwrap();
    assert_eq!(edits.len(), 1, "{edits:?}");
    cmi.edit(&older, &edits);
    cmi.edit(&older, &[Edit::Retire { path: "activities.A1".into(), reason: "done with".into() }]);
    cmi.edit(&older, &[Edit::Reinstate { path: "activities.A1".into(), reason: "not yet".into() }]);
    let mut stored = crate::Document::load(&cmi.document.save()).unwrap();
    std::mem::swap(&mut stored, &mut cmi.document);
    ca.pull(&cmi);
    let mut after = ca.document.view(&newer, None).unwrap();
    assert_eq!((&after["country"], &after["activities"]["A1"]["status"]), (&json!("TN"), &json!("done")));
    after.as_object_mut().unwrap().remove("country");
    after["activities"]["A1"]["status"] = json!("agreed");
    assert_eq!(after, before, "all that the newer kind knows is as it was");
}
