//! What importing a table would do: made, changed, refused; nothing is written here.

mod finish;

use std::collections::BTreeMap;

use accord_document::kind::{Field, FieldType, Scalar};
use accord_document::{Edit, Kind, exponent};
use accord_words::{say, semicolon};
use serde_json::{Map as Json, Value, json};

use super::clean;
use super::fill::Line;
use super::map::{Map, MapError, Rule};
use crate::exact::{Exact, decimal, plain};
use crate::message::Message;

/// Something that would be made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its place: `activities.CODE`, `contributions`, `activities.CODE.budget.2013.EUR`.
    pub path: String,
    /// The first line of the file that says so.
    pub line: u64,
    /// Its id elsewhere.
    pub external_id: String,
}

/// A line that is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// From 1; the headings are line 1.
    pub line: u64,
    /// Why.
    pub message: String,
}

/// What importing would do.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// The edits, in pieces that each fit into one change, to be made in this order.
    pub batches: Vec<Vec<Edit>>,
    /// What would be made.
    pub created: Vec<Planned>,
    /// What would be changed.
    pub changed: Vec<Planned>,
    /// How much is there already as the file says it.
    pub unchanged: usize,
    /// What is not taken.
    pub refused: Vec<Refused>,
    /// What a person should look at.
    pub warnings: Vec<Message>,
}

/// A table is read as a whole; this bounds what it can cost.
const MAX_BYTES: usize = 64 << 20;
const MAX_LINES: usize = 100_000;
/// An item, row or cell is known again by this field.
const EXTERNAL: &str = "external_id";

/// Plans the import of a table into a document of this kind, as its view shows it.
///
/// # Errors
/// If the map does not fit the kind, or the file is no table.
pub fn plan(kind: &Kind, view: &Value, map: &Map, table: &str) -> Result<Plan, MapError> {
    if map.kind != kind.name {
        return Err(MapError(say!("map-other-kind", kind = &map.kind, found = &kind.name)));
    }
    if table.len() > MAX_BYTES {
        return Err(MapError(say!("map-table-too-large")));
    }
    let (table, sign) = clean::table(table);
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(sign).from_reader(table.as_bytes());
    let heads = reader.headers().map_err(|error| MapError(error.to_string()))?.clone();
    let columns: BTreeMap<String, usize> =
        heads.iter().enumerate().map(|(i, head)| (head.trim().to_owned(), i)).collect();
    let mut work = Work {
        kind,
        codes: BTreeMap::new(),
        view,
        map,
        plan: Plan::default(),
        items: BTreeMap::new(),
        rows: Vec::new(),
        seen: BTreeMap::new(),
    };
    let targets: Vec<Target<'_>> =
        map.rules.iter().map(|rule| target(kind, rule)).collect::<Result<_, _>>()?;
    for (n, record) in reader.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                work.refuse(line, error.to_string());
                continue;
            }
        };
        if n >= MAX_LINES {
            return Err(MapError(say!("map-table-too-long", limit = MAX_LINES)));
        }
        let number = record.position().map_or(0, csv::Position::line);
        let line = Line { number, columns: &columns, cells: &record };
        for (rule, target) in map.rules.iter().zip(&targets) {
            if let Err(message) = work.line(rule, target, &line) {
                work.refuse(number, message);
            }
        }
    }
    Ok(work.finish())
}

enum Target<'k> {
    Items { set: &'k str, fields: &'k [Field] },
    Rows { list: &'k str, fields: &'k [Field] },
    Cells { set: &'k str, field: &'k Field },
}

fn target<'k>(kind: &'k Kind, rule: &Rule) -> Result<Target<'k>, MapError> {
    let (name, inner) = rule.into.split_once('.').map_or((rule.into.as_str(), None), |(n, i)| (n, Some(i)));
    let missing = || MapError(say!("map-no-place", kind = &kind.name, place = &rule.into));
    let field = kind.field(name).ok_or_else(missing)?;
    let external = |fields: &[Field]| {
        let known = fields.iter().any(|field| field.name == EXTERNAL);
        if known { Ok(()) } else { Err(MapError(say!("map-no-external", name = name, field = EXTERNAL))) }
    };
    match (&field.ty, inner) {
        (FieldType::Set(fields), None) => {
            external(fields)?;
            Ok(Target::Items { set: &field.name, fields })
        }
        (FieldType::Rows(fields), None) => {
            external(fields)?;
            Ok(Target::Rows { list: &field.name, fields })
        }
        (FieldType::Set(fields), Some(inner)) => {
            let cell = fields.iter().find(|f| f.name == inner).ok_or_else(missing)?;
            match &cell.ty {
                FieldType::Table(axes, Scalar::Amount) if axes.len() == rule.cell.len() => {
                    Ok(Target::Cells { set: &field.name, field: cell })
                }
                _ => Err(missing()),
            }
        }
        _ => Err(missing()),
    }
}

/// An item that the file names, as it grows line by line.
#[derive(Default)]
struct Item {
    line: u64,
    code: String,
    fields: BTreeMap<String, Value>,
    cells: BTreeMap<(String, Vec<String>), (u64, Exact)>,
}

struct NewRow {
    list: String,
    line: u64,
    id: String,
    fields: Json<String, Value>,
}

struct Work<'a> {
    kind: &'a Kind,
    /// Codes of items by set and external id.
    codes: BTreeMap<(String, String), String>,
    view: &'a Value,
    map: &'a Map,
    plan: Plan,
    items: BTreeMap<(String, String), Item>,
    rows: Vec<NewRow>,
    /// How often a row's id has come already: equal ones are counted, so that each keeps its own.
    seen: BTreeMap<String, usize>,
}

impl Work<'_> {
    fn refuse(&mut self, line: u64, message: String) {
        self.plan.refused.push(Refused { line, message });
    }

    fn line(&mut self, rule: &Rule, target: &Target<'_>, line: &Line<'_>) -> Result<(), String> {
        for (column, values) in &rule.when {
            let cell = line.cell(column)?;
            if !values.iter().any(|value| value == cell) {
                return Ok(());
            }
        }
        let id = clean::line(&line.fill(self.map, &rule.id)?);
        if id.is_empty() {
            return Err(say!("line-no-id"));
        }
        match target {
            Target::Items { set, fields } => self.item(rule, set, fields, &id, line),
            Target::Rows { list, fields } => self.row(rule, list, fields, &id, line),
            Target::Cells { set, field } => self.cell(rule, set, field, &id, line),
        }
    }

    fn item(
        &mut self,
        rule: &Rule,
        set: &str,
        fields: &[Field],
        id: &str,
        line: &Line<'_>,
    ) -> Result<(), String> {
        let code = clean::code(&line.fill(self.map, &rule.code)?);
        let filled = self.fields(rule, fields, line)?;
        let item = self.items.entry((set.to_owned(), id.to_owned())).or_default();
        if item.line == 0 {
            (item.line, item.code) = (line.number, code);
        }
        for (name, value) in filled {
            match item.fields.get(&name) {
                None => {
                    item.fields.insert(name, value);
                }
                Some(first) if *first != value => {
                    let warning = Message::new("import-several-values")
                        .with("id", id)
                        .with("field", name)
                        .with("line", i64::try_from(line.number).unwrap_or(0));
                    self.plan.warnings.push(warning);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// The fields of a rule, read by their types; those that come out empty are left out.
    fn fields(
        &self,
        rule: &Rule,
        fields: &[Field],
        line: &Line<'_>,
    ) -> Result<BTreeMap<String, Value>, String> {
        let mut out = BTreeMap::new();
        for (name, pattern) in &rule.fields {
            let text = clean::line(&line.fill(self.map, pattern)?);
            let (first, language) = name.split_once('.').map_or((name.as_str(), None), |(n, l)| (n, Some(l)));
            let field =
                fields.iter().find(|f| f.name == first).ok_or_else(|| say!("path-no-field", name = first))?;
            if text.is_empty() {
                continue;
            }
            let value = match (&field.ty, language) {
                (FieldType::Register(Scalar::Amount), _) => self.amount(&text)?,
                (FieldType::Register(scalar), _) => scalar.read(&Value::from(text)).map_err(|e| {
                    [Some(e.message), e.hint].into_iter().flatten().collect::<Vec<_>>().join(semicolon())
                })?,
                (FieldType::Text, _) => Value::from(text),
                _ => return Err(say!("line-unfilled", name = name)),
            };
            out.insert(name.clone(), value);
        }
        Ok(out)
    }

    /// `1234.5 USD`: plain, as programs write numbers. What people write goes through commands.
    fn amount(&self, text: &str) -> Result<Value, String> {
        let (number, currency) = text.split_once(' ').ok_or_else(|| say!("line-no-currency"))?;
        let number = decimal(number).ok_or_else(|| say!("line-no-number", number = number))?;
        self.exact(&number, currency)
    }

    fn exact(&self, number: &Exact, currency: &str) -> Result<Value, String> {
        let decimals =
            exponent(currency).ok_or_else(|| say!("value-unknown-currency", currency = currency))? as usize;
        let amount = plain(number, decimals);
        if !self.map.round && decimal(&amount).as_ref() != Some(number) {
            return Err(say!("line-decimals", decimals));
        }
        Ok(json!({ "amount": amount, "currency": currency }))
    }

    fn row(
        &mut self,
        rule: &Rule,
        list: &str,
        fields: &[Field],
        id: &str,
        line: &Line<'_>,
    ) -> Result<(), String> {
        let mut filled: Json<String, Value> = self.fields(rule, fields, line)?.into_iter().collect();
        let count = self.seen.entry(format!("{list} {id}")).or_default();
        *count += 1;
        let id = if *count == 1 { id.to_owned() } else { format!("{id} #{count}") };
        filled.insert(EXTERNAL.into(), Value::from(id.as_str()));
        self.rows.push(NewRow { list: list.to_owned(), line: line.number, id, fields: filled });
        Ok(())
    }

    fn cell(
        &mut self,
        rule: &Rule,
        set: &str,
        field: &Field,
        id: &str,
        line: &Line<'_>,
    ) -> Result<(), String> {
        let FieldType::Table(axes, _) = &field.ty else { return Ok(()) };
        let mut coordinates = Vec::new();
        for (axis, pattern) in axes.iter().zip(&rule.cell) {
            coordinates.push(axis.read(&line.fill(self.map, pattern)?).map_err(|error| error.message)?);
        }
        let text = line.fill(self.map, &rule.add)?;
        let number = decimal(&text).ok_or_else(|| say!("line-no-number", number = text))?;
        let item = self.items.entry((set.to_owned(), id.to_owned())).or_default();
        let place = (field.name.clone(), coordinates);
        let cell = item.cells.entry(place).or_insert_with(|| (line.number, Exact::from_integer(0.into())));
        cell.1 += number;
        Ok(())
    }
}
