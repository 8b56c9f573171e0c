use serde_json::json;

use super::*;
use crate::kind::{Axis, Scalar};

#[test]
fn amounts_are_read_as_people_write_them() {
    for (typed, currency, minor) in [
        ("120,000 EUR", None, 12_000_000),
        ("EUR 120 000,50", None, 12_000_050),
        ("120000", Some("EUR"), 12_000_000),
        ("120.000,5 eur", None, 12_000_050),
        ("1,234", Some("EUR"), 123_400),
        ("12.5", Some("TND"), 12_500),
        ("1,234.500", Some("TND"), 1_234_500),
        ("0,500", Some("TND"), 500),
        ("-3", Some("JPY"), -3),
        ("١٢٠٬٠٠٠٫٥٠", Some("EUR"), 12_000_050),
        ("1 234 567", Some("EUR"), 123_456_700),
        ("100000 €", None, 10_000_000),
        ("€ 100000", Some("EUR"), 10_000_000),
        ("€1,000.50", None, 100_050),
    ] {
        assert_eq!(Amount::parse(typed, currency).map(|a| a.minor), Ok(minor), "{typed}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    let error = Amount::parse("1,234 TND", None).unwrap_err();
    assert!(error.message.contains("two ways"));
    assert_eq!(error.hint.as_deref(), Some("write 1234 or 1.2340"));
    // 120 dinars and no millimes need no zeros at all, and four of them would puzzle anybody.
    let hint = |typed| Amount::parse(typed, Some("TND")).unwrap_err().hint.unwrap();
    assert_eq!(hint("120.000"), "write 120000 or 120");
    assert_eq!(hint("120.500"), "write 120500 or 120.5");
    let error = Amount::parse("1e5", Some("EUR")).unwrap_err();
    assert_eq!(error.message, "`1e5` is not a number");
    assert!(Amount::parse("5 €", Some("TND")).unwrap_err().message.contains("is in EUR"));
    assert!(Amount::parse("5 DT", None).unwrap_err().message.contains("no currency `DT`"));
    for bad in ["12,34,5", "1.234,567.8", "12 34", "1,5.0.0", "", "abc", "1e5", "12.345 EUR5", "1.2345 EUR"] {
        assert!(Amount::parse(bad, Some("EUR")).is_err(), "{bad}");
    }
    assert!(Amount::parse("5", None).unwrap_err().hint.unwrap().contains("EUR"));
    assert!(Amount::parse("5 TND", Some("EUR")).is_err());
    assert!(Amount::parse("5 EURO", None).is_err());
}

#[test]
fn both_readings_that_the_hint_offers_are_accepted() {
    assert_eq!(Amount::parse("1234", Some("TND")).unwrap().minor, 1_234_000);
    assert_eq!(Amount::parse("1.2340", Some("TND")).unwrap().minor, 1_234);
}

#[test]
fn amounts_are_shown_with_their_own_decimals() {
    let amount = |minor, currency: &str| Amount { minor, currency: currency.into() };
    assert_eq!(amount(12_000_000, "EUR").plain(), "120000.00");
    assert_eq!(amount(12_000_050, "EUR").to_string(), "120,000.50 EUR");
    assert_eq!(amount(-1_234_500, "TND").grouped(), "-1,234.500");
    assert_eq!(amount(7, "JPY").plain(), "7");
}

#[test]
fn days_are_days_of_the_calendar() {
    for (day, good) in [
        ("2012-02-29", true),
        ("2013-02-29", false),
        ("2013-1-1", false),
        ("2013-12-31", true),
        ("31-12-2013", false),
    ] {
        assert_eq!(is_date(day), good, "{day}");
    }
}

#[test]
fn coordinates_and_other_values_are_checked() {
    assert_eq!(coordinate(&Axis::Currency, "eur").unwrap(), "EUR");
    assert!(coordinate(&Axis::Currency, "EUX").unwrap_err().hint.unwrap().contains("EUR"));
    assert!(coordinate(&Axis::Year, "13").is_err());
    assert_eq!(parse(&Scalar::Integer, &json!("1 200"), None).unwrap(), json!(1200));
    assert_eq!(parse(&Scalar::Decimal, &json!("0,30"), None).unwrap(), json!("0.3"));
    assert_eq!(parse(&Scalar::Bool, &json!("oui"), None).unwrap(), json!(true));
    assert!(parse(&Scalar::String, &json!("a\u{202e}b"), None).unwrap_err().message.contains("character 2"));
}

#[test]
fn numbers_are_read_in_french_english_and_arabic_forms() {
    let minor =
        |typed: &str, currency: &str| Amount::parse(typed, Some(currency)).map(|amount| amount.minor).ok();
    for form in ["1,234,567.50", "1.234.567,50", "1 234 567,50", "1\u{202f}234\u{202f}567,50", "1'234'567.50"]
    {
        assert_eq!(minor(form, "EUR"), Some(123_456_750), "{form}");
    }
    for form in ["١٬٢٣٤٬٥٦٧٫٥٠", "١٢٣٤٥٦٧٫٥", "۱٬۲۳۴٬۵۶۷٫۵۰", "١٢٣٤٥٦٧.٥٠"]
    {
        assert_eq!(minor(form, "EUR"), Some(123_456_750), "{form}");
    }
    // A dinar has three decimals: these could be thousands or decimals.
    for form in ["1,234", "1.234", "١٬٢٣٤", "١٫٢٣٤"] {
        assert_eq!(minor(form, "TND"), None, "{form}");
    }
    for form in ["1,23,456", "12,34.56.7", "1e5", "٣٫", ",5"] {
        assert_eq!(minor(form, "EUR"), None, "{form}");
    }
}
