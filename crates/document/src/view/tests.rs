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
