//! An event's name and data, as serde reads an enum: the name is the variant, the data its content. So the areas'
//! enums need no tag inside their data, nothing is buffered on the way, and an event is read where it stands.

use super::lean::Lean;
use crate::event::Event;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer as _,
    VariantAccess, Visitor,
};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Error;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Reads the data of an event of one area.
pub(super) fn read<T: DeserializeOwned>(name: &str, data: &str) -> Result<T, Error> {
    T::deserialize(Lean(Tagged { name, data }))
}

#[derive(Clone, Copy)]
struct Tagged<'a> {
    name: &'a str,
    data: &'a str,
}

impl<'de> Deserializer<'de> for Tagged<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Tagged<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: StrDeserializer<'_, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Tagged<'de> {
    type Error = Error;

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        let mut data = serde_json::Deserializer::from_str(self.data);
        let value = seed.deserialize(&mut data)?;
        data.end().map(|()| value)
    }

    fn unit_variant(self) -> Result<(), Error> {
        Err(unreadable())
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Error> {
        Err(unreadable())
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Error> {
        Err(unreadable())
    }
}

/// No event has another form than a struct, and a struct is read as a newtype around a map.
fn unreadable() -> Error {
    Error::custom("an event of another form than a struct")
}

/// An event inside other JSON: in a correction, in an answer to a page.
#[derive(Serialize, Deserialize)]
struct Nested<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    data: Box<RawValue>,
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::Error as _;
        let (name, data) = super::encode(self);
        let nested = Nested {
            name: name.into(),
            data: RawValue::from_string(data).map_err(S::Error::custom)?,
        };
        nested.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Nested { name, data } = Nested::deserialize(deserializer)?;
        super::decode(&name, data.get()).map_err(|error| {
            let source = std::error::Error::source(&error);
            match source {
                Some(source) => D::Error::custom(format_args!("{error}: {source}")),
                None => D::Error::custom(error),
            }
        })
    }
}
