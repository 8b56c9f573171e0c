//! The clock of this machine beside those of others. Nothing in the programme depends on clocks; but what is written is
//! dated by them, and tickets end by them.

use accord_core::api::{Finding, Health};
use accord_core::governance::Governance;
use accord_words::say;

use super::{found, good};
use crate::handler::words::author_code;
use crate::replica::{ClockDoubt, Programme, doubtful_clock};
use crate::time::{day, now};

/// What others dated later than now, and what came from them just after they wrote it and is dated long ago.
pub(super) fn clock(programme: &Programme, governance: &Governance) -> Finding {
    let (now, clocks) = (now(), programme.clocks());
    let Some((device, doubt, dated)) = doubtful_clock(&clocks, now) else {
        return good("clock", say!("health-clock-good", today = day(now)));
    };
    let (today, who, dated) = (day(now), author_code(governance, &device), day(dated));
    let text = match doubt {
        ClockDoubt::Behind => say!("health-clock-behind", today, who, dated),
        ClockDoubt::Ahead => say!("health-clock-ahead", today, who, dated),
    };
    found("clock", Health::Notice, text, say!("health-clock-mend"))
}
