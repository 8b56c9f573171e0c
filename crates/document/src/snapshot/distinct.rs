//! Each of several values once. Mostly there is one; but a member can write thousands at one place, and comparing each
//! with each would make everybody wait.

use std::collections::HashSet;

/// Fewer than so many are compared with each other, which is faster than naming them.
const FEW: usize = 8;

pub(crate) struct Distinct<'a, T: ?Sized> {
    found: Vec<&'a T>,
    names: Option<HashSet<String>>,
    name: fn(&T) -> String,
}

impl<'a, T: ?Sized + PartialEq> Distinct<'a, T> {
    /// For so many values; `name` gives equal ones one name, and no others.
    pub(crate) fn of(count: usize, name: fn(&T) -> String) -> Self {
        Self { found: Vec::new(), names: (count > FEW).then(HashSet::new), name }
    }

    pub(crate) fn note(&mut self, value: &'a T) {
        let is_new = match &mut self.names {
            Some(names) => names.insert((self.name)(value)),
            None => !self.found.contains(&value),
        };
        if is_new {
            self.found.push(value);
        }
    }

    /// The last that was noted first.
    pub(crate) fn reversed(mut self) -> Vec<&'a T> {
        self.found.reverse();
        self.found
    }
}
