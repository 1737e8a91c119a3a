//! What a plugin has to say to its operator. Lines are bounded in length and number; what is over is dropped.

pub fn debug(message: impl AsRef<str>) {
    write("debug", message.as_ref());
}

pub fn info(message: impl AsRef<str>) {
    write("info", message.as_ref());
}

pub fn warn(message: impl AsRef<str>) {
    write("warn", message.as_ref());
}

pub fn error(message: impl AsRef<str>) {
    write("error", message.as_ref());
}

#[cfg(target_arch = "wasm32")]
fn write(level: &str, message: &str) {
    crate::guest::wire::log::write(level, message);
}

#[cfg(not(target_arch = "wasm32"))]
fn write(level: &str, message: &str) {
    crate::testing::world(|world| world.log.push(format!("{level}: {message}")));
}
