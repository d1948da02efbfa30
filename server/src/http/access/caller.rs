//! Who makes a request: their address, and the name that a trusted proxy vouches for. Headers count only where they come
//! from a proxy that the settings name.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    str::FromStr,
};

use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, HeaderName},
};

/// A network of addresses, as in `10.0.0.0/8` or `127.0.0.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Text that is not a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an address or network, such as 127.0.0.1 or 10.0.0.0/8")]
pub struct NotANetwork;

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| NotANetwork)?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            Some(bits) => bits.parse().map_err(|_| NotANetwork)?,
            None => width,
        };
        (bits <= width)
            .then_some(Self { address, bits })
            .ok_or(NotANetwork)
    }
}

impl Network {
    /// Whether an address belongs to it.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let (own, other, width) = match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (u128::from(u32::from(own)), u128::from(u32::from(other)), 32)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => (u128::from(own), u128::from(other), 128),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
        };
        let shift = width - u32::from(self.bits);
        own.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
    }
}

/// Which proxies are believed, and in what.
#[derive(Clone, Debug, Default)]
pub(super) struct Proxies {
    pub(super) trusted: Vec<Network>,
    /// The header with the name of whoever is signed in there.
    pub(super) identity: Option<HeaderName>,
}

/// Who makes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::http) struct Caller {
    /// Their address.
    pub(in crate::http) address: IpAddr,
    /// The name that the proxy vouches for.
    pub(in crate::http) name: Option<String>,
}

impl Proxies {
    /// Reads a request.
    pub(super) fn caller(&self, extensions: &Extensions, headers: &HeaderMap) -> Caller {
        let direct = extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        if !self.trusts(direct) {
            return Caller {
                address: direct,
                name: None,
            };
        }
        // Each proxy adds the address it saw at the end: the last one that is no trusted proxy's is the caller's.
        let forwarded = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|address| address.trim().parse::<IpAddr>().ok())
            .rfind(|address| !self.trusts(*address));
        let name = self.identity.as_ref().and_then(|header| {
            let name = headers.get(header)?;
            let name = String::from_utf8_lossy(name.as_bytes()).trim().to_owned();
            (!name.is_empty()).then_some(name)
        });
        Caller {
            address: forwarded.unwrap_or(direct),
            name,
        }
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies() -> Proxies {
        Proxies {
            trusted: vec!["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()],
            identity: Some(HeaderName::from_static("x-auth-name")),
        }
    }

    fn caller(direct: &str, headers: &[(&'static str, &str)]) -> Caller {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(direct.parse().unwrap(), 1)));
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect();
        proxies().caller(&extensions, &headers)
    }

    #[test]
    fn a11_a_header_counts_only_from_a_trusted_proxy() {
        let headers = [("x-forwarded-for", "192.0.2.7"), ("x-auth-name", "Ada")];
        let believed = caller("10.1.2.3", &headers);
        assert_eq!(believed.address, "192.0.2.7".parse::<IpAddr>().unwrap());
        assert_eq!(believed.name.as_deref(), Some("Ada"));
        let disbelieved = caller("192.0.2.9", &headers);
        assert_eq!(disbelieved.address, "192.0.2.9".parse::<IpAddr>().unwrap());
        assert_eq!(disbelieved.name, None);
    }

    #[test]
    fn a11_the_last_address_that_is_no_proxys_is_the_callers() {
        let headers = [("x-forwarded-for", "198.51.100.1, 192.0.2.7, 10.9.9.9")];
        let found = caller("::1", &headers);
        assert_eq!(found.address, "192.0.2.7".parse::<IpAddr>().unwrap());
        assert_eq!(
            caller("::1", &[("x-forwarded-for", "nonsense")]).address,
            "::1".parse::<IpAddr>().unwrap()
        );
    }

    #[test]
    fn a_network_has_its_addresses() {
        let network: Network = "192.0.2.128/25".parse().unwrap();
        assert!(network.contains("192.0.2.129".parse().unwrap()));
        assert!(network.contains("::ffff:192.0.2.129".parse().unwrap()));
        assert!(!network.contains("192.0.2.1".parse().unwrap()));
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("203.0.113.1".parse().unwrap()));
        assert!(!all.contains("::1".parse().unwrap()));
        for text in ["", "10.0.0.0/33", "10.0.0/8", "a/b", "::1/129"] {
            assert_eq!(text.parse::<Network>(), Err(NotANetwork), "{text}");
        }
    }
}
