//! The trace as bytes, beside the saved document. A cache: what does not fit the document is made again.

use std::sync::OnceLock;

use super::{Merge, Text, Trace};
use crate::document::Graph;
use crate::document::graph::Node;

/// Grows when the form changes, or the rule by which texts are merged: it holds what that found. Another one is not
/// read.
const VERSION: u64 = 3;

/// Whether a merge was clear: nobody has looked, it was not, it was.
const VERDICTS: [Option<bool>; 3] = [None, Some(false), Some(true)];

impl Trace {
    pub(crate) fn encode(&self, graph: &Graph) -> Vec<u8> {
        let mut out = Writer(Vec::new());
        out.number(VERSION);
        out.number(graph.len() as u64);
        out.number(graph.actors().len() as u64);
        graph.actors().iter().for_each(|actor| out.bytes(actor));
        out.number(self.keys.len() as u64);
        self.keys.iter().for_each(|key| out.bytes(key.as_bytes()));
        // By author and number, and not by place: the saved document may come back in another order.
        for (node, touched) in graph.nodes().iter().zip(&self.touched) {
            out.number(node.actor.into());
            out.number(node.seq.into());
            out.list(touched.iter().map(|key| u64::from(*key)));
        }
        let change = |out: &mut Writer, node: Option<&Node>| {
            let place = node.map_or((0, 0), |node| (node.actor, node.seq));
            out.number(place.0.into());
            out.number(place.1.into());
        };
        out.number(self.texts.len() as u64);
        for text in &self.texts {
            out.number(text.key.into());
            out.number(text.id.0);
            out.bytes(&text.id.1);
            out.number(text.authors.len() as u64);
            for (actor, changes) in &text.authors {
                out.number((*actor).into());
                out.list(changes.iter().map(|seq| u64::from(*seq)));
            }
            out.number(text.merges.len() as u64);
            for merge in &text.merges {
                change(&mut out, graph.nodes().get(merge.change as usize));
                let verdict = merge.clear.get().copied();
                out.number(VERDICTS.iter().position(|known| *known == verdict).unwrap_or(0) as u64);
            }
            out.number(text.replaced_by.len() as u64);
            text.replaced_by.iter().for_each(|hash| change(&mut out, graph.node(hash)));
        }
        out.0
    }

    /// `None` if the bytes are damaged or of another document.
    pub(crate) fn decode(bytes: &[u8], graph: &Graph) -> Option<Self> {
        let mut from = Reader(bytes);
        if from.number()? != VERSION || from.number()? != graph.len() as u64 {
            return None;
        }
        let mut actors = Vec::new();
        for _ in 0..from.count()? {
            // An author without changes may be left in memory by what was refused.
            let actor = from.bytes()?;
            actors.push(graph.chain(actor).first().map(|first| graph.nodes()[*first as usize].actor));
        }
        let mut trace = Self::default();
        for _ in 0..from.count()? {
            let key = std::str::from_utf8(from.bytes()?).ok()?.to_owned();
            trace.key(&key);
        }
        let keys = trace.keys.len() as u64;
        let actor = |from: &mut Reader<'_>| actors.get(usize::try_from(from.number()?).ok()?).copied()?;
        let place = |from: &mut Reader<'_>| {
            let actor = actor(from)?;
            graph.at(actor, from.number()?.try_into().ok()?)
        };
        let mut touched = vec![None; graph.len()];
        for _ in 0..graph.len() {
            let node = place(&mut from)?;
            let list = from.list()?;
            if list.iter().any(|key| u64::from(*key) >= keys) {
                return None;
            }
            *touched.get_mut(graph.number(&node.hash)? as usize)? = Some(list.into());
        }
        trace.touched = touched.into_iter().collect::<Option<Vec<_>>>()?;
        for number in 0..from.count()? {
            let key = from.number()?.try_into().ok().filter(|key| u64::from(*key) < keys)?;
            let id = super::OpName(from.number()?, from.bytes()?.into());
            let mut text = Text { key, id, authors: Vec::new(), merges: Vec::new(), replaced_by: Vec::new() };
            for _ in 0..from.count()? {
                let author = actor(&mut from)?;
                let changes = from.list()?;
                if changes.iter().any(|seq| graph.at(author, *seq).is_none()) {
                    return None;
                }
                text.authors.push((author, changes));
            }
            for _ in 0..from.count()? {
                let change = graph.number(&place(&mut from)?.hash)?;
                let verdict = *VERDICTS.get(usize::try_from(from.number()?).ok()?)?;
                text.merges.push(Merge { change, clear: verdict.map_or_else(OnceLock::new, OnceLock::from) });
            }
            for _ in 0..from.count()? {
                text.replaced_by.push(place(&mut from)?.hash);
            }
            trace.text_numbers.insert(text.id.clone(), u32::try_from(number).ok()?);
            trace.texts.push(text);
        }
        from.0.is_empty().then_some(trace)
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn number(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.0.push((n & 0x7f) as u8 | 0x80);
            n >>= 7;
        }
        self.0.push(n as u8);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn list(&mut self, numbers: impl ExactSizeIterator<Item = u64>) {
        self.number(numbers.len() as u64);
        numbers.for_each(|n| self.number(n));
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<u64> {
        let mut n = 0u64;
        for shift in (0..63).step_by(7) {
            let (first, rest) = self.0.split_first()?;
            self.0 = rest;
            n |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Some(n);
            }
        }
        None
    }

    /// A number of things of at least one byte each: never more than there are bytes.
    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|n| *n <= self.0.len())
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = self.count()?;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    fn list(&mut self) -> Option<Vec<u32>> {
        (0..self.count()?).map(|_| u32::try_from(self.number()?).ok()).collect()
    }
}
