//! Plain numbers in files, to the bit in every format that serde knows.

use serde::de::{DeserializeOwned, Error, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number, to the bit in every format: as text where people read it, because JSON has no infinities and many of its readers
/// round.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exact(pub(crate) f64);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&format_args!("{:?}", self.0))
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Exact, D::Error> {
        if !deserializer.is_human_readable() {
            return f64::deserialize(deserializer).map(Exact);
        }
        let text = String::deserialize(deserializer)?;
        text.parse().map(Exact).map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &"a number in quotes"))
    }
}

/// Numbers within lists and options, for fields marked `serde(with = "crate::number::exact")`.
pub(crate) trait Numbers: Sized {
    type Saved: Serialize + DeserializeOwned;
    fn saved(&self) -> Self::Saved;
    fn read(saved: Self::Saved) -> Self;
}

impl Numbers for f64 {
    type Saved = Exact;

    fn saved(&self) -> Exact {
        Exact(*self)
    }

    fn read(Exact(number): Exact) -> f64 {
        number
    }
}

impl<T: Numbers> Numbers for Vec<T> {
    type Saved = Vec<T::Saved>;

    fn saved(&self) -> Self::Saved {
        self.iter().map(T::saved).collect()
    }

    fn read(saved: Self::Saved) -> Vec<T> {
        saved.into_iter().map(T::read).collect()
    }
}

impl<T: Numbers> Numbers for Option<T> {
    type Saved = Option<T::Saved>;

    fn saved(&self) -> Self::Saved {
        self.as_ref().map(T::saved)
    }

    fn read(saved: Self::Saved) -> Option<T> {
        saved.map(T::read)
    }
}

pub(crate) fn serialize<T: Numbers, S: Serializer>(numbers: &T, serializer: S) -> Result<S::Ok, S::Error> {
    numbers.saved().serialize(serializer)
}

pub(crate) fn deserialize<'de, T: Numbers, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::Saved::deserialize(deserializer).map(T::read)
}
