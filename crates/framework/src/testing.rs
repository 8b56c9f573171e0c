//! What the tests of several modules share.

/// A fixed source of bytes: the same ids in every run.
pub(crate) fn random() -> impl FnMut(&mut [u8]) {
    let mut n = 0u64;
    move |bytes: &mut [u8]| {
        for byte in bytes {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = n.to_be_bytes()[0];
        }
    }
}
