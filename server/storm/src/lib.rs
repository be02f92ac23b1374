//! The storm: what Samspor promises, with everything under it breaking.
//!
//! Two services of the shipped program share one Postgres. People's browsers, sixteen of them, order by HTTP as fast as
//! they can. Two more programs follow the logs. Meanwhile, in an order that a seed decides:
//!
//! | episode | what breaks | what it shows |
//! |---|---|---|
//! | `server killed` | one service gets SIGKILL and is started again | an answer is only given once it is flushed; what was under way is in the log once or not at all |
//! | `postgres killed` | the postmaster gets SIGKILL and is started again | the same with crash recovery beneath; services and followers come back by themselves |
//! | `session killed` | a backend gets SIGKILL, which makes Postgres restart all of them | the same with every connection gone at once |
//! | `connections cut` | requests and replies between a service and Postgres vanish | a landing whose reply was lost is found, one that never arrived is landed again |
//! | `disk full` | the disk that Postgres writes to fills up | an order that cannot be flushed is not acknowledged; once there is room everything goes on |
//! | `server frozen` | one service gets SIGSTOP in the middle of its work, later SIGCONT | the other goes on; nothing stale lands when the first wakes up |
//!
//! After each, with everybody quiet: [`check`] compares what clients and followers were told with an export of the log
//! (every acknowledged event once, no gaps, the same answer each time), and the shipped `samspor verify` and
//! `samspor views check` judge the chain and the views.
//!
//! The seed decides the order of the episodes, who orders what, and how long each episode waits. When exactly a fault
//! meets which order is the machine's, so the same seed gives the same kind of storm and not the same one twice.

pub mod check;
pub mod clients;
pub mod episodes;
pub mod follower;
pub mod ground;
pub mod proxy;
pub mod service;
