use macros::Refusals;

/// Why a code that was typed leads nowhere.
#[derive(Debug, thiserror::Error, Refusals)]
pub(crate) enum DeviceError {
    /// There is no such code, or it is over.
    #[error("This code is not known, or is too old. Look at your device again.")]
    #[refusal(NotFound, "unknown_user_code", field = "user_code", code = "unknown")]
    Unknown,
    /// Another browser looked at the code first.
    #[error("This code is open in another browser. Go on there, or begin again on your device.")]
    #[refusal(Conflict, "other_browser", field = "user_code", code = "other_browser")]
    OtherBrowser,
}
