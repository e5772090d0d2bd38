//! Which day a response falls on.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, Days, Local, NaiveDate, NaiveTime, TimeZone, Utc};

/// The zone that days, weeks and months are cut in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The zone of this machine.
    Local,
    Utc,
}

impl Zone {
    /// The day of a moment, given in seconds since 1970.
    pub fn date(self, time: u32) -> NaiveDate {
        let utc = moment(time);
        match self {
            Self::Utc => utc.date_naive(),
            Self::Local => utc.with_timezone(&Local).date_naive(),
        }
    }

    /// A moment as tables show it, to the minute.
    pub fn minute(self, time: u32) -> String {
        let utc = moment(time);
        match self {
            Self::Utc => utc.format("%Y-%m-%d %H:%M").to_string(),
            Self::Local => utc.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string(),
        }
    }

    /// When a day begins, in seconds since 1970: its first moment, where the clock skips midnight.
    pub fn start_of(self, day: NaiveDate) -> i64 {
        let midnight = day.and_time(NaiveTime::MIN);
        match self {
            Self::Utc => midnight.and_utc().timestamp(),
            Self::Local => (0..4)
                .find_map(|hour| {
                    let wall = midnight + chrono::TimeDelta::hours(hour);
                    Local.from_local_datetime(&wall).earliest()
                })
                .map_or_else(|| midnight.and_utc().timestamp(), |start| start.timestamp()),
        }
    }
}

fn moment(time: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(i64::from(time), 0).unwrap_or_default()
}

/// A moment in RFC 3339, UTC.
pub fn rfc3339(time: u32) -> String {
    moment(time).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Days of moments, remembered: a zone's offset changes on quarters of an hour only.
#[derive(Debug)]
pub(super) struct Days15 {
    zone: Zone,
    known: HashMap<u32, NaiveDate>,
    last: (u32, NaiveDate),
}

impl Days15 {
    pub(super) fn new(zone: Zone) -> Self {
        Self { zone, known: HashMap::new(), last: (0, zone.date(0)) }
    }

    pub(super) fn date(&mut self, time: u32) -> NaiveDate {
        let quarter = time / 900;
        if self.last.0 != quarter {
            let date = *self.known.entry(quarter).or_insert_with(|| self.zone.date(quarter * 900));
            self.last = (quarter, date);
        }
        self.last.1
    }
}

/// The Monday of a day's week.
pub(super) fn monday(day: NaiveDate) -> NaiveDate {
    day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into())).unwrap_or(day)
}
