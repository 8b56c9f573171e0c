//! Answers about bundles.

/// A bundle that was written.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BundleMade {
    /// The file.
    pub file: String,
    /// The code of the organisation that it is for.
    pub organisation: String,
    /// How many of its devices can open it.
    pub devices: u64,
    /// How many entries are in it.
    pub entries: u64,
    /// Whether what the organisation is known to hold was left out.
    pub since_last: bool,
    /// How many logs end early in it, before an entry that is lost here.
    pub cut: u64,
}

/// A bundle that was read.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BundleRead {
    /// The code of the organisation that made it.
    pub from: String,
    /// When it says it was made: seconds since 1970.
    pub made: u64,
    /// How many entries were new here.
    pub new: u64,
    /// How many were here already.
    pub known: u64,
    /// The names of the documents that the new ones are about.
    pub documents: Vec<String>,
    /// How many entries were left out: of spaces that this organisation does not read, by devices that never took part
    /// there, or from beyond where they count.
    pub left_out: u64,
    /// Of how many devices an earlier part is missing, without which what came next could not be taken in.
    pub gaps: u64,
}
