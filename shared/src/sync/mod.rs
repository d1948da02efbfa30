//! The wire between browsers and the relay: the messages, and both ends of the protocol.
