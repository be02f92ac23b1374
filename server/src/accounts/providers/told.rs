//! The way to providers, and what they tell about themselves.

use super::{ProviderError, answer};
use openidconnect::{
    AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl, ProviderMetadataWithLogout,
};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// How long what a provider tells about itself is believed.
const TOLD_LASTS: Duration = Duration::from_secs(60 * 60);
/// How soon it may be asked again, when it signs with a key it has not told of.
const ASK_AGAIN: Duration = Duration::from_secs(1);
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// What a provider told about itself, its keys among it.
pub(super) struct Told {
    pub(super) about: ProviderMetadataWithLogout,
    at: Instant,
}

/// What the providers tell about themselves, and the way to them.
#[derive(Clone)]
pub struct Providers {
    pub(super) http: Caller,
    told: Arc<Mutex<HashMap<String, Arc<Told>>>>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error(transparent)]
    Parts(#[from] axum::http::Error),
    #[error("the answer is longer than a megabyte")]
    Long,
}

impl Default for Providers {
    fn default() -> Self {
        // The first process-wide choice stands; it is the same one.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(ANSWER_TIME_MAX)
            .build()
            .expect("only a broken list of authorities stops it");
        Self {
            http: Caller(http),
            told: Arc::default(),
        }
    }
}

/// The way to providers: no redirects, ten seconds, a megabyte.
#[derive(Clone)]
pub(super) struct Caller(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Caller {
    type Error = CallError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send + Sync + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let mut response = self.0.execute(request.try_into()?).await?;
            let mut parts = axum::http::Response::builder().status(response.status());
            for (name, value) in response.headers() {
                parts = parts.header(name, value);
            }
            let mut body = Vec::new();
            while let Some(chunk) = response.chunk().await? {
                if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                    return Err(CallError::Long);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(parts.body(body)?)
        })
    }
}

impl Providers {
    /// What a provider tells about itself, its keys among it; `before` is what was believed and did not hold.
    pub(super) async fn told(
        &self,
        issuer: &str,
        before: Option<&Arc<Told>>,
    ) -> Result<Arc<Told>, ProviderError> {
        let mut told = self.told.lock().await;
        if let Some(known) = told.get(issuer) {
            let lasts = match before {
                Some(before) if Arc::ptr_eq(before, known) => ASK_AGAIN,
                _ => TOLD_LASTS,
            };
            if known.at.elapsed() < lasts {
                return Ok(known.clone());
            }
        }
        let address = IssuerUrl::new(issuer.to_owned()).map_err(answer)?;
        let about = ProviderMetadataWithLogout::discover_async(address, &self.http)
            .await
            .map_err(answer)?;
        let fresh = Arc::new(Told {
            about,
            at: Instant::now(),
        });
        told.insert(issuer.to_owned(), fresh.clone());
        Ok(fresh)
    }
}
