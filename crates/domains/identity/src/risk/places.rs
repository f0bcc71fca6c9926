//! Places on the globe, and how fast somebody would have had to travel. Pure.

use std::time::Duration;

/// In thousandths of a degree: a hundred metres, finer than any such file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) latitude: i64,
    pub(crate) longitude: i64,
}

/// An airliner's speed, in kilometres an hour, and what the files are wrong by.
const FASTEST: f64 = 1_000.0;
const UNSURE: f64 = 600.0;
const EARTH_RADIUS: f64 = 6_371.0;

impl Place {
    #[expect(clippy::cast_possible_truncation, reason = "degrees are at most 180")]
    pub(super) fn from_degrees(latitude: f64, longitude: f64) -> Option<Self> {
        let is_one = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
        let thousandths = |degrees: f64| (degrees * 1_000.0).round() as i64;
        is_one.then(|| Self { latitude: thousandths(latitude), longitude: thousandths(longitude) })
    }

    /// Kilometres along the great circle.
    #[expect(clippy::cast_precision_loss, reason = "small integers")]
    fn distance(self, other: Self) -> f64 {
        let radians = |thousandths: i64| (thousandths as f64 / 1_000.0).to_radians();
        let (one, two) = (radians(self.latitude), radians(other.latitude));
        let across = radians(other.longitude) - radians(self.longitude);
        let half = ((two - one) / 2.0).sin().powi(2) + one.cos() * two.cos() * (across / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS * half.sqrt().min(1.0).asin()
    }
}

/// Could nobody have come from the one to the other in that time?
pub(super) fn is_impossible(from: Place, to: Place, within: Duration) -> bool {
    from.distance(to) - UNSURE > FASTEST * within.as_secs_f64() / 3_600.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(latitude: f64, longitude: f64) -> Place {
        Place::from_degrees(latitude, longitude).unwrap()
    }

    #[test]
    fn people_travel_no_faster_than_airliners() {
        let (berlin, munich, sydney) = (place(52.52, 13.4), place(48.14, 11.58), place(-33.87, 151.21));
        let hours = Duration::from_hours;
        assert!(!is_impossible(berlin, munich, Duration::ZERO), "near places are too unsure to tell");
        assert!(is_impossible(berlin, sydney, hours(2)));
        assert!(!is_impossible(berlin, sydney, hours(17)));
        assert!(!is_impossible(place(0.0, 179.9), place(0.0, -179.9), Duration::ZERO), "the date line is no distance");
    }

    #[test]
    fn distances_are_those_of_the_globe() {
        let kilometres = place(52.52, 13.4).distance(place(-33.87, 151.21));
        assert!((16_050.0..16_150.0).contains(&kilometres), "{kilometres}");
        assert_eq!(Place::from_degrees(f64::NAN, 0.0), None);
        assert_eq!(Place::from_degrees(91.0, 0.0), None);
    }
}
