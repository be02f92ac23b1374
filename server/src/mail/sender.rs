//! Takes letters from the outbox to the mail server: again after longer and longer pauses, and after the last try it
//! parks them where the operator sees them.

use super::{Letter, Outbox};
use crate::clock::Clock;
use crate::store::StoreError;
use chrono::TimeDelta;
use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Letters taken at once.
const BATCH: i64 = 20;
/// How long one process has a letter to itself. Longer than sending all of a batch can take.
const TAKEN: TimeDelta = TimeDelta::minutes(20);
/// How long one letter may take.
const SENDING_MAX: Duration = Duration::from_secs(30);
/// How often the outbox is looked into when nobody says that there is something: letters of other processes, retries.
const POLL: Duration = Duration::from_secs(5);
/// Pauses after a try that failed; after the last it is parked. Together a little more than a day.
const PAUSES: [TimeDelta; 9] = [
    TimeDelta::seconds(10),
    TimeDelta::minutes(1),
    TimeDelta::minutes(5),
    TimeDelta::minutes(15),
    TimeDelta::hours(1),
    TimeDelta::hours(2),
    TimeDelta::hours(4),
    TimeDelta::hours(8),
    TimeDelta::hours(12),
];
/// How long it is remembered that a letter was sent.
const REMEMBERED: TimeDelta = TimeDelta::days(90);

/// Where letters are handed in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `smtp://`, `smtps://` or `smtp://…?tls=required`, with name and password if it wants them.
    pub url: String,
    /// Who they are from: `Samspor <samspor@region.example>`.
    pub from: String,
}

/// Settings that no letter can be sent with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// The mail server's URL. What the parser says is left out: it can quote the URL, and that can hold a password.
    #[error(
        "the mail server's URL cannot be read; it looks like smtps://user:password@mail.example:465"
    )]
    Url,
    /// The sender.
    #[error("{0:?} is no sender; it looks like Samspor <samspor@region.example>")]
    From(String),
}

/// Sends what lies in an outbox.
pub struct Sender {
    outbox: Outbox,
    clock: Arc<dyn Clock>,
    way: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What became of a try.
enum Tried {
    Sent,
    /// The mail server will never take it.
    Never(String),
    Again(String),
}

impl Sender {
    /// A sender by these settings.
    ///
    /// # Errors
    /// [`WrongSettings`].
    pub fn new(
        outbox: Outbox,
        clock: Arc<dyn Clock>,
        settings: &Settings,
    ) -> Result<Self, WrongSettings> {
        let way = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.url)
            .ok()
            .ok_or(WrongSettings::Url)?
            .timeout(Some(SENDING_MAX))
            .build();
        let from = settings
            .from
            .parse()
            .ok()
            .ok_or_else(|| WrongSettings::From(settings.from.clone()))?;
        Ok(Self {
            outbox,
            clock,
            way,
            from,
        })
    }

    /// Sends for as long as it is polled.
    pub async fn run(self) {
        loop {
            match self.send_due().await {
                Ok(0) => {
                    tokio::select! {
                        () = self.outbox.posted.notified() => {}
                        () = tokio::time::sleep(POLL) => {}
                    }
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "the outbox cannot be read");
                    tokio::time::sleep(POLL).await;
                }
            }
        }
    }

    /// Tries all letters that are due once; how many there were.
    ///
    /// # Errors
    /// Of the database.
    pub async fn send_due(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let store = &self.outbox.store;
        let taken = store.take_mails(now, now + TAKEN, BATCH).await?;
        for mail in &taken {
            let tried = match self.outbox.open(&mail.body) {
                Some(letter) => self.send(mail.mail_id, letter).await,
                None => Tried::Never("it does not open with the installation's key".into()),
            };
            let now = self.clock.now();
            match tried {
                Tried::Sent => {
                    crate::metrics::MAILS_SENT.add(1);
                    store.mail_sent(mail.mail_id, now).await?;
                }
                Tried::Never(problem) => {
                    self.failed(mail.mail_id, &problem, None).await?;
                }
                Tried::Again(problem) => {
                    let pause = usize::try_from(mail.tries)
                        .ok()
                        .and_then(|tries| PAUSES.get(tries));
                    self.failed(mail.mail_id, &problem, pause.copied()).await?;
                }
            }
        }
        if !taken.is_empty() {
            store.sweep_mails(now - REMEMBERED).await?;
        }
        Ok(taken.len())
    }

    async fn failed(
        &self,
        mail: Uuid,
        problem: &str,
        pause: Option<TimeDelta>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        // What the server says can quote the receiver, so the log says only that it did not work.
        if pause.is_none() {
            crate::metrics::MAILS_PARKED.add(1);
            tracing::error!(%mail, "a letter was parked: `samspor mail list` shows why");
        } else {
            tracing::warn!(%mail, "a letter was not taken and is tried again");
        }
        self.outbox
            .store
            .mail_failed(mail, problem, pause.map(|pause| now + pause), now)
            .await
    }

    async fn send(&self, id: Uuid, letter: Letter) -> Tried {
        let host = self.from.email.domain().to_owned();
        let message = letter.to.as_str().parse::<Mailbox>().map(|to| {
            Message::builder()
                .from(self.from.clone())
                .to(to)
                .subject(letter.subject)
                .message_id(Some(format!("<{id}@{host}>")))
                .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))
        });
        let message = match message {
            Ok(Ok(message)) => message,
            Ok(Err(error)) => return Tried::Never(error.to_string()),
            Err(error) => return Tried::Never(error.to_string()),
        };
        match tokio::time::timeout(SENDING_MAX, self.way.send(message)).await {
            Ok(Ok(_)) => Tried::Sent,
            Ok(Err(error)) if error.is_permanent() => Tried::Never(error.to_string()),
            Ok(Err(error)) => Tried::Again(error.to_string()),
            Err(_elapsed) => Tried::Again("the mail server took too long".into()),
        }
    }
}
