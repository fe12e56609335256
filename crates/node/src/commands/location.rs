//! `location.get`: where the owner says that this machine is.

use async_trait::async_trait;
use tidegate_protocol::api::commands::location::{
    LocationGet, LocationGetParams, LocationGetResult,
};

use crate::call::Call;
use crate::config::Place;
use crate::failure::Failure;
use crate::table::Serve;

/// Degrees of a coarse answer: about a kilometre.
const COARSE_PER_DEGREE: f64 = 100.0;
/// What a coarse answer says of itself, in metres.
const COARSE_METERS: f64 = 1_000.0;

pub(crate) struct Location(pub(crate) Place);

#[async_trait]
impl Serve<LocationGet> for Location {
    // What is written down is as old as one likes, and there at once.
    async fn serve(
        &self,
        params: LocationGetParams,
        _: &Call,
    ) -> Result<LocationGetResult, Failure> {
        match params.desired_accuracy.as_deref() {
            Some("coarse") => Ok(self.answer(coarse(self.0.lat), coarse(self.0.lon), false)),
            None | Some("balanced" | "precise") => Ok(self.answer(self.0.lat, self.0.lon, true)),
            Some(_) => Err(Failure::invalid(
                "desiredAccuracy: coarse, balanced or precise",
            )),
        }
    }
}

impl Location {
    fn answer(&self, lat: f64, lon: f64, precise: bool) -> LocationGetResult {
        let known = self.0.accuracy_meters;
        let accuracy_meters = if precise {
            known
        } else {
            Some(known.unwrap_or_default().max(COARSE_METERS))
        };
        LocationGetResult {
            lat,
            lon,
            accuracy_meters,
            altitude_meters: self.0.altitude_meters.filter(|_| precise),
            is_precise: Some(precise),
            source: Some("config".to_owned()),
            ..LocationGetResult::default()
        }
    }
}

fn coarse(degrees: f64) -> f64 {
    (degrees * COARSE_PER_DEGREE).round() / COARSE_PER_DEGREE
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invokes::tests::call;

    #[tokio::test]
    async fn a_coarse_answer_gives_less_away() {
        let place = Place {
            lat: 52.520_008,
            lon: 13.404_954,
            accuracy_meters: Some(5.0),
            altitude_meters: Some(34.0),
        };
        let ask = async |accuracy: Option<&str>| {
            let params = LocationGetParams {
                desired_accuracy: accuracy.map(ToOwned::to_owned),
                ..LocationGetParams::default()
            };
            Location(place.clone()).serve(params, &call()).await
        };
        let exact = ask(None).await.unwrap();
        assert_eq!((exact.lat, exact.lon), (52.520_008, 13.404_954));
        assert_eq!(exact.altitude_meters, Some(34.0));
        let coarse = ask(Some("coarse")).await.unwrap();
        assert_eq!((coarse.lat, coarse.lon), (52.52, 13.4));
        assert_eq!(
            (
                coarse.accuracy_meters,
                coarse.altitude_meters,
                coarse.is_precise
            ),
            (Some(1_000.0), None, Some(false))
        );
        assert!(ask(Some("exact")).await.is_err());
    }
}
