//! Slows down whoever tries secrets: a bucket of tries for each address. Only wrong tries count.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
};

use shared::time::Timestamp;

/// Wrong secrets that an address may try at once: a team behind one address whose link was revoked.
const TRIES_MAX: i64 = 30;
/// After so long an address may try once more, in milliseconds.
const REFILL_MS: i64 = 3_000;
/// Addresses that are remembered at most. When there are more, those that are full again are forgotten.
const ADDRESSES_MAX: usize = 10_000;

/// The buckets.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    /// When an address's bucket will be full again.
    full_at: HashMap<IpAddr, Timestamp>,
}

impl Limiter {
    /// Whether an address may try now.
    pub(super) fn may_try(&self, address: IpAddr, now: Timestamp) -> bool {
        self.full_at
            .get(&whole(address))
            .is_none_or(|full_at| full_at.ms_since(now) <= (TRIES_MAX - 1) * REFILL_MS)
    }

    /// Takes a wrong try into account.
    pub(super) fn was_wrong(&mut self, address: IpAddr, now: Timestamp) {
        if self.full_at.len() >= ADDRESSES_MAX {
            self.full_at.retain(|_, full_at| *full_at > now);
        }
        if self.full_at.len() >= ADDRESSES_MAX {
            // Tens of thousands of addresses at once: which of them is forgotten does not matter any more.
            self.full_at.clear();
        }
        let full_at = self.full_at.entry(whole(address)).or_insert(now);
        *full_at = (*full_at).max(now).plus_ms(REFILL_MS);
    }
}

/// The network that one customer usually has of an address: all of IPv4, the first half of IPv6.
fn whole(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let prefix = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(prefix))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_000_000);

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a9_an_address_may_try_thirty_times_and_then_once_every_three_seconds() {
        let mut limiter = Limiter::default();
        let (mallory, other) = (address("192.0.2.1"), address("192.0.2.2"));
        for _ in 0..TRIES_MAX {
            assert!(limiter.may_try(mallory, NOW));
            limiter.was_wrong(mallory, NOW);
        }
        assert!(!limiter.may_try(mallory, NOW));
        assert!(limiter.may_try(other, NOW), "nobody else is slowed down");
        assert!(!limiter.may_try(mallory, NOW.plus_ms(REFILL_MS - 1)));
        assert!(limiter.may_try(mallory, NOW.plus_ms(REFILL_MS)));
        limiter.was_wrong(mallory, NOW.plus_ms(REFILL_MS));
        assert!(!limiter.may_try(mallory, NOW.plus_ms(REFILL_MS)));
    }

    #[test]
    fn a9_a_network_of_ipv6_is_one_address_and_so_is_ipv4_in_it() {
        let mut limiter = Limiter::default();
        for n in 0..TRIES_MAX {
            limiter.was_wrong(address(&format!("2001:db8::{n:x}")), NOW);
        }
        assert!(!limiter.may_try(address("2001:db8::ffff"), NOW));
        assert!(limiter.may_try(address("2001:db8:0:1::1"), NOW));
        for _ in 0..TRIES_MAX {
            limiter.was_wrong(address("192.0.2.1"), NOW);
        }
        assert!(!limiter.may_try(address("::ffff:192.0.2.1"), NOW));
    }

    #[test]
    fn the_limiter_forgets_rather_than_grows() {
        let mut limiter = Limiter::default();
        for n in 0..30_000_u32 {
            limiter.was_wrong(IpAddr::from(n.to_be_bytes()), NOW);
            assert!(limiter.full_at.len() <= ADDRESSES_MAX);
        }
    }
}
