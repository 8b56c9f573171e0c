//! A seeded network with virtual time, faults and oracles for the sync engine.
