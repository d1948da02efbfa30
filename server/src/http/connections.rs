//! Counts the open sockets: so many at most, in all and from one address, and none left when the relay stops.

use std::{
    collections::HashMap,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX, DOOR_CONNECTIONS_MAX};

/// The places for sockets; clones share them.
#[derive(Clone, Debug)]
pub struct Connections {
    all: Arc<Semaphore>,
    door: Arc<Semaphore>,
    addresses: Arc<Addresses>,
}

/// How many sockets each address has.
#[derive(Debug)]
struct Addresses {
    counts: Mutex<HashMap<IpAddr, usize>>,
    /// 0 for no bound.
    per_address_max: usize,
}

/// A socket's place. Given back when dropped.
#[derive(Debug)]
pub struct Place {
    _all: OwnedSemaphorePermit,
    _door: Option<OwnedSemaphorePermit>,
    _address: Counted,
}

/// One socket of an address.
#[derive(Debug)]
struct Counted {
    addresses: Arc<Addresses>,
    address: Option<IpAddr>,
}

impl Default for Connections {
    fn default() -> Self {
        Self::new(CONNECTIONS_PER_ADDRESS_MAX)
    }
}

impl Connections {
    /// Places of which one address takes so many at most; 0 is no bound.
    #[must_use]
    pub fn new(per_address_max: usize) -> Self {
        Self {
            all: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            door: Arc::new(Semaphore::new(DOOR_CONNECTIONS_MAX)),
            addresses: Arc::new(Addresses {
                counts: Mutex::default(),
                per_address_max,
            }),
        }
    }

    /// A place for one of Cutline's own clients, unless all are taken.
    #[must_use]
    pub fn enter(&self, from: IpAddr) -> Option<Place> {
        Some(Place {
            _address: self.addresses.count(from)?,
            _all: Arc::clone(&self.all).try_acquire_owned().ok()?,
            _door: None,
        })
    }

    /// A place for a stock Automerge client, unless all are taken.
    #[must_use]
    pub fn enter_by_door(&self, from: IpAddr) -> Option<Place> {
        Some(Place {
            _address: self.addresses.count(from)?,
            _all: Arc::clone(&self.all).try_acquire_owned().ok()?,
            _door: Some(Arc::clone(&self.door).try_acquire_owned().ok()?),
        })
    }

    /// How many places are taken.
    #[must_use]
    pub fn open(&self) -> usize {
        CONNECTIONS_MAX.saturating_sub(self.all.available_permits())
    }

    /// Waits until every place has been given back.
    pub async fn all_gone(&self) {
        let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
        drop(self.all.acquire_many(all).await);
    }
}

impl Addresses {
    /// Counts one more socket, unless the address has too many.
    fn count(self: &Arc<Self>, from: IpAddr) -> Option<Counted> {
        let address = counted_as(from).filter(|_| self.per_address_max > 0);
        if let Some(address) = address {
            let mut counts = self.counts();
            let count = counts.entry(address).or_default();
            if *count >= self.per_address_max {
                return None;
            }
            *count += 1;
        }
        Some(Counted {
            addresses: Arc::clone(self),
            address,
        })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let Some(address) = self.address else {
            return;
        };
        let mut counts = self.addresses.counts();
        if let Some(count) = counts.get_mut(&address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&address);
            }
        }
    }
}

/// Who an address stands for. This machine's own ones stand for everybody behind the proxy that runs here. Whoever has
/// one address of the sixth version has 2⁶⁴ of them.
fn counted_as(address: IpAddr) -> Option<IpAddr> {
    let address = address.to_canonical();
    match address {
        _ if address.is_loopback() => None,
        IpAddr::V4(_) => Some(address),
        IpAddr::V6(address) => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            Some(Ipv6Addr::from(network).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_address_takes_so_many_places_and_no_more() {
        let connections = Connections::new(3);
        let (one, other) = (address("192.0.2.1"), address("192.0.2.2"));
        let mut places: Vec<Place> = (0..3).filter_map(|_| connections.enter(one)).collect();
        assert_eq!(places.len(), 3);
        assert!(connections.enter(one).is_none());
        assert!(connections.enter_by_door(one).is_none());
        assert!(connections.enter(address("::ffff:192.0.2.1")).is_none());
        assert!(connections.enter(other).is_some());
        places.pop();
        assert!(connections.enter_by_door(one).is_some());
        drop(places);
        assert!(connections.addresses.counts().is_empty());
    }

    #[test]
    fn a_network_of_the_sixth_version_counts_as_one() {
        let connections = Connections::new(1);
        let _place = connections.enter(address("2001:db8:1:2::1")).unwrap();
        assert!(connections.enter(address("2001:db8:1:2:ffff::2")).is_none());
        assert!(connections.enter(address("2001:db8:1:3::1")).is_some());
    }

    #[test]
    fn a_proxy_on_this_machine_is_not_counted_and_zero_is_no_bound() {
        let connections = Connections::new(1);
        let places: Vec<_> = (0..5)
            .map(|_| connections.enter(address("127.0.0.1")))
            .collect();
        assert!(places.iter().all(Option::is_some));
        let unbounded = Connections::new(0);
        let places: Vec<_> = (0..5)
            .map(|_| unbounded.enter(address("192.0.2.1")))
            .collect();
        assert!(places.iter().all(Option::is_some));
    }

    #[test]
    fn the_relay_takes_so_many_sockets_and_so_many_stock_clients() {
        let connections = Connections::default();
        let here = address("127.0.0.1");
        let mut places = Vec::new();
        for _ in 0..DOOR_CONNECTIONS_MAX {
            places.push(connections.enter_by_door(here).unwrap());
        }
        assert!(connections.enter_by_door(here).is_none());
        for _ in DOOR_CONNECTIONS_MAX..CONNECTIONS_MAX {
            places.push(connections.enter(here).unwrap());
        }
        assert!(connections.enter(here).is_none());
        places.pop();
        assert!(connections.enter(here).is_some());
    }
}
