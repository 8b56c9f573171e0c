//! Addresses of nodes as people write them.

use accord_words::say;

/// Takes what has the form of a multiaddress. Only the node knows which protocols it speaks, and checks the rest.
pub(super) fn address(text: &str) -> Result<String, String> {
    let parts: Vec<&str> = text.trim_end_matches('/').split('/').collect();
    match parts[..] {
        ["", _, _, ..] if parts[1..].iter().all(|part| !part.is_empty()) => Ok(text.to_owned()),
        _ => Err(say!("address-form")),
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn what_looks_like_an_address_is_taken() {
        for text in ["/ip4/0.0.0.0/tcp/4701", "/ip6/::/tcp/0", "/dns/accord.example.org/tcp/4701"] {
            assert_eq!(address(text).as_deref(), Ok(text));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "/", "//", "garbage", "127.0.0.1:4701", "localhost/tcp/1", "/garbage", "/ip4//tcp"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
