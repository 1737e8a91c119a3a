//! One definition gives a plain type and its crossing to the contract's type of the same shape.

/// A value that crosses between plugin and host.
#[cfg(target_arch = "wasm32")]
pub trait Mirror: Sized {
    type Wire;
    fn to_wire(self) -> Self::Wire;
    /// Fails only if the host breaks the contract, with a day that is in no calendar for example.
    fn from_wire(wire: Self::Wire) -> crate::Result<Self>;
}

#[cfg(target_arch = "wasm32")]
mod crossing {
    use super::Mirror;
    use crate::{Date, Error, Result, guest::wire};

    macro_rules! same {
        ($($ty:ty),*) => {$(
            impl Mirror for $ty {
                type Wire = $ty;
                fn to_wire(self) -> $ty {
                    self
                }
                fn from_wire(wire: $ty) -> Result<$ty> {
                    Ok(wire)
                }
            }
        )*};
    }
    same!(String, bool, u32, u64, i64);

    impl<T: Mirror> Mirror for Option<T> {
        type Wire = Option<T::Wire>;
        fn to_wire(self) -> Self::Wire {
            self.map(T::to_wire)
        }
        fn from_wire(wire: Self::Wire) -> Result<Self> {
            wire.map(T::from_wire).transpose()
        }
    }

    impl<T: Mirror> Mirror for Vec<T> {
        type Wire = Vec<T::Wire>;
        fn to_wire(self) -> Self::Wire {
            self.into_iter().map(T::to_wire).collect()
        }
        fn from_wire(wire: Self::Wire) -> Result<Self> {
            wire.into_iter().map(T::from_wire).collect()
        }
    }

    impl Mirror for Date {
        type Wire = wire::types::Date;
        fn to_wire(self) -> Self::Wire {
            // Both fit: a jiff month is 1 to 12 and a day 1 to 31; a year before 0 has no meaning here.
            wire::types::Date {
                year: u16::try_from(self.year()).unwrap_or(0),
                month: self.month().unsigned_abs(),
                day: self.day().unsigned_abs(),
            }
        }
        fn from_wire(wire: Self::Wire) -> Result<Self> {
            let (year, month, day) = (wire.year, wire.month, wire.day);
            let date = i16::try_from(year).ok().zip(i8::try_from(month).ok()).zip(i8::try_from(day).ok());
            date.and_then(|((y, m), d)| Date::new(y, m, d).ok())
                .ok_or_else(|| Error::broken(format!("the host gave `{year}-{month}-{day}`, which is no day")))
        }
    }
}

/// A struct with the fields of a contract record.
macro_rules! record {
    ($(#[$meta:meta])* $name:ident = $module:ident::$wire:ident {
        $($(#[$field_meta:meta])* $field:ident: $ty:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $ty,)*
        }

        #[cfg(target_arch = "wasm32")]
        impl $crate::mirror::Mirror for $name {
            type Wire = $crate::guest::wire::$module::$wire;
            fn to_wire(self) -> Self::Wire {
                $crate::guest::wire::$module::$wire { $($field: $crate::mirror::Mirror::to_wire(self.$field),)* }
            }
            fn from_wire(wire: Self::Wire) -> $crate::Result<Self> {
                Ok($name { $($field: $crate::mirror::Mirror::from_wire(wire.$field)?,)* })
            }
        }
    };
}

/// An enum with the cases of a contract variant.
macro_rules! variant {
    ($(#[$meta:meta])* $name:ident = $module:ident::$wire:ident {
        $($(#[$case_meta:meta])* $case:ident($ty:ty),)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum $name {
            $($(#[$case_meta])* $case($ty),)*
        }

        #[cfg(target_arch = "wasm32")]
        impl $crate::mirror::Mirror for $name {
            type Wire = $crate::guest::wire::$module::$wire;
            fn to_wire(self) -> Self::Wire {
                match self {
                    $($name::$case(value) =>
                        $crate::guest::wire::$module::$wire::$case($crate::mirror::Mirror::to_wire(value)),)*
                }
            }
            fn from_wire(wire: Self::Wire) -> $crate::Result<Self> {
                Ok(match wire {
                    $($crate::guest::wire::$module::$wire::$case(value) =>
                        $name::$case($crate::mirror::Mirror::from_wire(value)?),)*
                })
            }
        }
    };
}
