//! One configured provider, whatever its dialect: asks, asks again where that is fair, and passes
//! on what it hears.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderMap;
use tidegate_core::run::FailureKind;
use tidegate_core::runner::{AgentRunner, ModelInfo, RunOutcome, RunSender, RunnerError, Turn};
use tidegate_core::transcript::{Maker, StopReason};
use tidegate_core::{Clock, Secret};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::answer::{Answer, asked_tokens};
use super::ask::Lost;
use super::catalog::{self, Catalog};
use super::circuit::Circuit;
use super::dialect::{Dialect, Reader};
use super::error;
use super::failure::{Failure, paused};
use super::http::{HttpClient, read_up_to};
use super::pictures::{NONE, Pictures};
use super::retry::Budget;
use super::settings::{BuildError, ProviderSettings};

/// Bytes of an error body that are read.
pub(crate) const ERROR_BODY_BYTES: usize = 64 * 1024;
/// How often the engine hears of a wait.
const WAIT_STEP: Duration = Duration::from_secs(1);
/// Models whose refused request parts are remembered.
const SHAPES: usize = 64;

/// A provider that speaks `D`.
pub(crate) struct Provider<D: Dialect> {
    pub(crate) settings: ProviderSettings,
    pub(crate) base: String,
    pub(crate) headers: HeaderMap,
    pub(crate) http: HttpClient,
    pub(crate) clock: Arc<dyn Clock>,
    circuit: Circuit,
    catalog: Catalog,
    shapes: Mutex<Vec<(String, D::Shape)>>,
}

/// Why a run has no complete answer.
enum Ended {
    /// The engine does not listen any more.
    Gone,
    /// The provider failed, after so many tries.
    Failed(Failure, u32),
}

impl<D: Dialect> Provider<D> {
    pub(crate) fn new(
        mut settings: ProviderSettings,
        base: String,
        http: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BuildError> {
        // A key that was read from a file ends with a line break.
        let key = settings
            .api_key
            .map(|key| Secret::new(key.expose().trim().to_owned()));
        settings.api_key = key.filter(|key| !key.expose().is_empty());
        let headers = D::headers(settings.api_key.as_ref().map(|key| key.expose().as_str()))
            .map_err(|_| BuildError::ApiKey {
                provider: settings.name.clone(),
            })?;
        let (circuit, catalog) = (Circuit::default(), Catalog::default());
        Ok(Self {
            settings,
            base,
            headers,
            http,
            clock,
            circuit,
            catalog,
            shapes: Mutex::default(),
        })
    }

    pub(crate) fn key(&self) -> Option<&Secret<String>> {
        self.settings.api_key.as_ref()
    }

    fn maker(&self, model: &str) -> Maker {
        Maker {
            api: D::API.as_str().into(),
            provider: self.settings.name.clone(),
            model: model.into(),
        }
    }

    /// Tries until there is an answer, the failure lasts, or the budget is spent.
    async fn tries(
        &self,
        turn: &Turn,
        answer: &mut Answer,
        reader: &mut D::Reader,
    ) -> Result<StopReason, Ended> {
        let mut budget = Budget::new(&turn.run_id);
        let pictures = self.pictures(turn).await;
        let pictures = pictures.as_ref().unwrap_or(&NONE);
        loop {
            let failure = match self.one_try(turn, pictures, answer, reader).await {
                Ok(stop) => return Ok(stop),
                Err(Lost::Gone) => return Err(Ended::Gone),
                Err(Lost::Failed(failure)) => failure,
            };
            let next = if failure.retry && !answer.heard() {
                budget.next(failure.wait)
            } else {
                None
            };
            let Some(wait) = next else {
                return Err(Ended::Failed(failure, budget.tries()));
            };
            tracing::debug!(provider = %self.settings.name, tries = budget.tries(), "will ask again");
            answer.reset();
            *reader = D::reader();
            self.wait(wait, answer).await?;
        }
    }

    /// The pictures of a turn, if its model is configured to look at them.
    async fn pictures(&self, turn: &Turn) -> Option<Pictures> {
        let mut models = self.settings.models.iter();
        let model = models.find(|model| model.id == turn.model)?;
        if !model.input.iter().any(|input| input == "image") {
            return None;
        }
        Some(Pictures::of(&turn.history, D::PICTURE_BYTES).await)
    }

    /// Waits, and says that it does.
    async fn wait(&self, wait: Duration, answer: &Answer) -> Result<(), Ended> {
        let end = Instant::now() + wait;
        while Instant::now() < end {
            answer.progress().map_err(|_| Ended::Gone)?;
            sleep(WAIT_STEP.min(end - Instant::now())).await;
        }
        Ok(())
    }

    pub(crate) fn shape(&self, model: &str) -> D::Shape {
        let shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        shapes
            .iter()
            .find(|(known, _)| known == model)
            .map_or_else(D::Shape::default, |(_, shape)| *shape)
    }

    pub(crate) fn remember(&self, model: &str, shape: D::Shape) {
        if shape == D::Shape::default() {
            return;
        }
        let mut shapes = self.shapes.lock().unwrap_or_else(PoisonError::into_inner);
        shapes.retain(|(known, _)| known != model);
        if shapes.len() >= SHAPES {
            shapes.remove(0);
        }
        shapes.push((model.to_owned(), shape));
    }

    /// Lets the model speak once: until it has answered, or waits for its tools.
    pub(crate) async fn speak(
        &self,
        turn: &Turn,
        out: RunSender,
        stop: &CancellationToken,
    ) -> Result<RunOutcome, RunnerError> {
        let (name, began) = (&self.settings.name, Instant::now());
        let now_ms = self.clock.now_ms();
        let ticket = self
            .circuit
            .enter(now_ms)
            .map_err(|until_ms| paused(name, now_ms, until_ms))?;
        let (mut answer, mut reader) = (Answer::new(out), D::reader());
        let ended = stop
            .run_until_cancelled(self.tries(turn, &mut answer, &mut reader))
            .await;
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let reason = match ended {
            Some(Ok(reason)) => {
                ticket.answered();
                reason
            }
            None | Some(Err(Ended::Gone)) => StopReason::Aborted,
            Some(Err(Ended::Failed(failure, tries))) => {
                tracing::info!(provider = %name, model = %turn.model, tries, ms, "no answer");
                let now_ms = self.clock.now_ms();
                if !failure.retry {
                    ticket.answered();
                } else if ticket.failed(now_ms) {
                    tracing::warn!(provider = %name, "failed again and again, so it is left alone for a while");
                }
                return Err(failure.into_error(name, tries, now_ms));
            }
        };
        tracing::debug!(provider = %name, model = %turn.model, ms, "answered");
        let usage = reader.usage();
        Ok(answer.into_outcome(asked_tokens(turn), self.maker(&turn.model), reason, usage))
    }

    async fn list(&self) -> Result<Vec<ModelInfo>, Failure> {
        let url = format!("{}{}", self.base, D::MODELS);
        let sent = self
            .http
            .inner()
            .get(url)
            .headers(self.headers.clone())
            .send()
            .await;
        let response = sent.map_err(|error| {
            error::of_transport(&self.settings.name, &self.base, &error, self.key())
        })?;
        let status = response.status().as_u16();
        let body = read_up_to(response, catalog::MAX_BYTES).await;
        if status != 200 {
            let body = String::from_utf8_lossy(body.get(..ERROR_BODY_BYTES).unwrap_or(&body));
            return Err(error::of_response(
                &self.settings.name,
                "that is asked for",
                status,
                &body,
                self.key(),
            ));
        }
        catalog::read(&body, D::model).ok_or_else(|| {
            let advice = format!(
                "Name the models in models.providers.{}.models.",
                self.settings.name
            );
            Failure::lasting(FailureKind::Unknown, "does not list its models", advice)
        })
    }
}

#[async_trait]
impl<D: Dialect> AgentRunner for Provider<D> {
    fn provider(&self) -> &str {
        &self.settings.name
    }

    fn api(&self) -> &'static str {
        D::API.as_str()
    }

    async fn run(
        &self,
        turn: Turn,
        out: RunSender,
        stop: CancellationToken,
    ) -> Result<RunOutcome, RunnerError> {
        self.speak_in_rounds(turn, out, stop).await
    }

    async fn models(&self) -> Result<Vec<ModelInfo>, RunnerError> {
        if !self.settings.models.is_empty() {
            return Ok(self.settings.models.clone());
        }
        if let Some(listed) = self.catalog.fresh(self.clock.now_ms()) {
            return listed;
        }
        let slow =
            || Failure::passing(FailureKind::Timeout, "took too long to list its models", "");
        let listed = timeout(catalog::DEADLINE, self.list())
            .await
            .unwrap_or_else(|_| Err(slow()));
        let now_ms = self.clock.now_ms();
        let listed = listed.map_err(|failure| failure.into_error(&self.settings.name, 1, now_ms));
        self.catalog.keep(now_ms, &listed);
        listed
    }
}
