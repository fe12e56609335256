//! What the gateway really sends, held against the schema that it publishes: every answer of every
//! method and every event, and nothing in them that the catalog does not declare.

mod answers;
mod calls;
mod events;
mod published;

use std::sync::Arc;

use crate::common::{Edge, Paper, Setup, networks};

/// A gateway with an account on a network.
async fn on_paper() -> (Edge, Arc<Paper>) {
    let paper = Paper::new("default");
    let edge = Edge::with(Setup {
        networks: networks(&[Arc::clone(&paper)], None),
        // Nothing here looks at a page.
        canvas: Some("/nowhere".into()),
        ..Setup::default()
    })
    .await;
    (edge, paper)
}
