//! People's browsers: each orders, waits for its answer, and sends an order whose answer never came again until it does.

use crate::check::Told;
use anyhow::{Context as _, Result, bail};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore as _, SeedableRng as _};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio::sync::watch;
use uuid::Uuid;

/// How long a browser waits for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(3);
/// How long it pauses after an order, so that a storm's log stays small enough to be checked again and again.
const BREATH: Duration = Duration::from_millis(8);
/// How long it pauses before it sends an order again.
const PAUSE: Duration = Duration::from_millis(60);
/// How often it sends one order before it gives up; nothing here takes that long.
const TRIES_MAX: u32 = 600;

/// What can be written, with the position of the event that wrote it last: sections of networks' charters.
pub type Sections = BTreeMap<(Uuid, String), u64>;

/// A region to order in.
#[derive(Debug)]
pub struct Region {
    /// Its address.
    pub slug: String,
    /// The person who orders: the region's administrator.
    pub person: String,
    /// What can be written.
    pub sections: Mutex<Sections>,
    /// Everything that clients were told, in the order in which they were.
    pub told: Mutex<Vec<(Uuid, Told)>>,
}

/// What clients met since it was last asked.
#[derive(Debug, Default)]
pub struct Tally {
    /// Orders whose events are in the log.
    pub acknowledged: AtomicU64,
    /// Orders that somebody else's overtook, so that they were refused.
    pub overtaken: AtomicU64,
    /// Requests without an answer, or whose answer was "try again".
    pub unanswered: AtomicU64,
    /// Acknowledged orders that were sent once more.
    pub repeated: AtomicU64,
    /// When the last order was acknowledged.
    pub last: Mutex<Option<Instant>>,
    /// Answers that nobody should ever get.
    pub wrong: Mutex<Vec<String>>,
}

/// What the clients have in common.
pub struct Shared {
    /// Where the services listen.
    pub services: Mutex<Vec<String>>,
    /// The regions.
    pub regions: Vec<Region>,
    /// What they met.
    pub tally: Tally,
    /// Whether they order at the moment; dropped, they end.
    pub ordering: watch::Receiver<bool>,
    /// How many have put down their pen.
    pub quiet: AtomicUsize,
}

/// A lock that outlives whoever broke off while holding it.
pub fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An answer.
struct Answer {
    status: StatusCode,
    cookie: Option<String>,
    body: Bytes,
}

async fn post(address: &str, path: &str, kind: &str, cookie: &str, body: String) -> Result<Answer> {
    let asked = async {
        let stream = TcpStream::connect(address).await?;
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        // Its error is the request's as well.
        let carrying = tokio::spawn(connection);
        let request = Request::post(path)
            .header(header::HOST, address)
            .header(header::CONTENT_TYPE, kind)
            .header(header::COOKIE, cookie)
            .body(Full::new(Bytes::from(body)))?;
        let response = sender.send_request(request).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        carrying.abort();
        let cookie = parts.headers.get(header::SET_COOKIE);
        anyhow::Ok(Answer {
            status: parts.status,
            cookie: cookie
                .and_then(|cookie| cookie.to_str().ok()?.split(';').next())
                .map(str::to_owned),
            body,
        })
    };
    tokio::time::timeout(ANSWER_MAX, asked)
        .await
        .context("no answer in time")?
}

/// The regions as they are, from what the service shows at its doors and what can be written in each.
///
/// # Errors
/// When the service does not answer, or shows no demo regions.
pub async fn regions(address: &str, sections: &HashMap<String, Sections>) -> Result<Vec<Region>> {
    let answer = post(
        address,
        "/api/doors",
        "application/json",
        "",
        "{}".to_owned(),
    )
    .await?;
    let doors: Value = serde_json::from_slice(&answer.body)?;
    let mut regions = Vec::new();
    for door in doors["regions"].as_array().into_iter().flatten() {
        let slug = door["slug"].as_str().context("a region has an address")?;
        // The last one keeps the region.
        let person = door["people"]
            .as_array()
            .and_then(|people| people.last()?[0].as_str())
            .context("a demo region has people to enter as")?;
        let sections = sections
            .get(slug)
            .with_context(|| format!("the region {slug} was not exported"))?;
        regions.push(Region {
            slug: slug.to_owned(),
            person: person.to_owned(),
            sections: Mutex::new(sections.clone()),
            told: Mutex::default(),
        });
    }
    if regions.is_empty() {
        bail!("there is no demo region");
    }
    Ok(regions)
}

/// One browser.
pub struct Client {
    shared: Arc<Shared>,
    number: usize,
    chance: ChaCha20Rng,
    cookie: String,
    /// Orders of its own that were acknowledged: what was sent, and what was answered.
    done: Vec<(String, Uuid, Told)>,
}

impl Client {
    /// The seed and its number decide what it orders.
    #[must_use]
    pub fn new(shared: Arc<Shared>, seed: u64, number: usize) -> Self {
        let own = seed.wrapping_mul(1_000_003).wrapping_add(number as u64);
        Self {
            shared,
            number,
            chance: ChaCha20Rng::seed_from_u64(own),
            cookie: String::new(),
            done: Vec::new(),
        }
    }

    /// Orders until the storm is over.
    pub async fn run(mut self) {
        let mut ordering = self.shared.ordering.clone();
        loop {
            if !*ordering.borrow_and_update() {
                self.shared.quiet.fetch_add(1, Ordering::SeqCst);
                let go = ordering.wait_for(|ordering| *ordering).await.is_ok();
                self.shared.quiet.fetch_sub(1, Ordering::SeqCst);
                if !go {
                    return;
                }
            }
            let number = self.number;
            if let Err(error) = self.order().await {
                let wrong = format!("client {number}: {error:#}");
                locked(&self.shared.tally.wrong).push(wrong);
            }
            tokio::time::sleep(BREATH).await;
        }
    }

    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.chance.next_u64() % n.max(1) as u64).unwrap_or(0)
    }

    /// A new id: made now, as browsers make them, the rest as the seed says.
    fn id(&mut self) -> Uuid {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let millis = now.map_or(0, |now| u64::try_from(now.as_millis()).unwrap_or(0));
        let mut bytes = [0; 10];
        self.chance.fill_bytes(&mut bytes);
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    async fn order(&mut self) -> Result<()> {
        let shared = self.shared.clone();
        // Each browser belongs to one region; a quarter of them to the smaller ones.
        let region = match self.number % 4 {
            3 => shared.regions.last(),
            _ => shared.regions.first(),
        };
        let region = region.context("there is a region")?;
        if self.below(12) == 0 && !self.done.is_empty() {
            let one = self.below(self.done.len());
            let (body, id, first) = self.done[one].clone();
            shared.tally.repeated.fetch_add(1, Ordering::Relaxed);
            let again = self.send(region, &body, id).await?;
            if again.0 != first {
                bail!(
                    "the order {id} was answered {first:?} first and {:?} later",
                    again.0
                );
            }
            return Ok(());
        }
        let id = self.id();
        let (fields, section) = if self.below(40) == 0 {
            let fields = json!({
                "form": "propose_network", "command": id, "called": format!("Storm {}", self.below(9_999)),
                "kind": "process_network", "purpose": "To see what the weather does.",
            });
            (fields, None)
        } else {
            let sections = locked(&region.sections).clone();
            let n = self.below(sections.len());
            let (key, seen) = sections.into_iter().nth(n).context("there are sections")?;
            let fields = json!({
                "form": "charter_section", "command": id, "network": key.0, "section": key.1,
                "text": format!("As written by {} in the storm, {}.", self.number, self.chance.next_u32()),
                "seen": seen.to_string(),
            });
            (fields, Some(key))
        };
        let body = json!({ "region": region.slug, "fields": fields }).to_string();
        let (told, seen) = self.send(region, &body, id).await?;
        if let (Some(key), Some(seen)) = (section, seen) {
            let mut sections = locked(&region.sections);
            let known = sections.entry(key).or_default();
            *known = seen.max(*known);
        }
        if matches!(told, Told::Accepted { .. }) {
            self.done.push((body, id, told));
        }
        Ok(())
    }

    /// Sends an order until there is an answer: what it was, and where the newest event about its matter lies.
    async fn send(&mut self, region: &Region, body: &str, id: Uuid) -> Result<(Told, Option<u64>)> {
        let shared = self.shared.clone();
        let tally = &shared.tally;
        let note = |told| locked(&region.told).push((id, told));
        for attempt in 0..TRIES_MAX {
            let services = locked(&shared.services).clone();
            let n = (self.number + attempt as usize) % services.len().max(1);
            let address = services.get(n).context("there are services")?;
            let kind = "application/json";
            let answer = post(address, "/api/submit", kind, &self.cookie, body.to_owned()).await;
            let unanswered = match answer {
                Err(_) => true,
                Ok(answer) => match answer.status {
                    StatusCode::OK => {
                        let accepted: Value = serde_json::from_slice(&answer.body)?;
                        let position = accepted["position"].as_u64();
                        let events = accepted["events"].as_u64().unwrap_or(0);
                        let told = Told::Accepted {
                            position,
                            events: u32::try_from(events)?,
                        };
                        note(told);
                        tally.acknowledged.fetch_add(1, Ordering::Relaxed);
                        *locked(&tally.last) = Some(Instant::now());
                        return Ok((told, position));
                    }
                    StatusCode::UNAUTHORIZED => {
                        self.enter(address, region).await.ok();
                        continue;
                    }
                    StatusCode::CONFLICT => {
                        let refused: Value = serde_json::from_slice(&answer.body)?;
                        let changed =
                            &refused["rejected"]["rejection"]["command.changed_meanwhile"];
                        let Some(position) = changed["position"].as_u64() else {
                            bail!("the order {id} was refused: {refused}");
                        };
                        note(Told::Refused);
                        tally.overtaken.fetch_add(1, Ordering::Relaxed);
                        return Ok((Told::Refused, Some(position)));
                    }
                    status if status.is_server_error() => true,
                    status => {
                        let said = String::from_utf8_lossy(&answer.body);
                        bail!("the order {id} was answered {status}: {said}");
                    }
                },
            };
            if unanswered {
                note(Told::Nothing);
                tally.unanswered.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(PAUSE).await;
            }
        }
        bail!("the order {id} was sent {TRIES_MAX} times without an answer")
    }

    async fn enter(&mut self, address: &str, region: &Region) -> Result<()> {
        let form = format!("region={}&person={}", region.slug, region.person);
        let kind = "application/x-www-form-urlencoded";
        let answer = post(address, "/enter", kind, "", form).await?;
        self.cookie = answer.cookie.context("nobody could enter")?;
        Ok(())
    }
}
