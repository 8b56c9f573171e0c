//! Random programmes, and an oracle that knows nothing but the text of the rules.

pub(crate) mod oracle;
pub(crate) mod play;
pub(crate) mod rights;
