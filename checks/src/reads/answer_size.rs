//! No answer is taken in without end, whoever answers.

use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// The largest answers that AWS's API references allow to what is asked for here are a page of
/// GetMetricData (100,800 points, of some 60 bytes each where it is XML) and one of FilterLogEvents
/// (1 MB of events). This is more than twice as much.
const MOST_MIB: usize = 16;

/// Has each answer read up to a bound.
#[derive(Debug)]
pub(super) struct Bounded;

/// An answer that goes on behind the bound.
#[derive(Debug)]
struct TooLarge;

impl std::error::Error for TooLarge {}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is larger than {MOST_MIB} MiB")
    }
}

impl Intercept for Bounded {
    fn name(&self) -> &'static str {
        "touchdown's bound of an answer"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().take_body();
        *context.response_mut().body_mut() = bounded(body, MOST_MIB << 20);
        Ok(())
    }
}

/// The body, which fails where it has more than `most` bytes.
fn bounded(body: SdkBody, most: usize) -> SdkBody {
    let told = |error: BoxError| match error.is::<LengthLimitError>() {
        true => TooLarge.into(),
        false => error,
    };
    SdkBody::from_body_1_x(Limited::new(body, most).map_err(told))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_whole_up_to_its_bound_and_fails_behind_it() {
        let read = async |most| bounded(SdkBody::from("four"), most).collect().await;
        assert_eq!(read(4).await.expect("whole").to_bytes(), "four");
        let told = read(3).await.expect_err("too large").to_string();
        assert_eq!(told, "it is larger than 16 MiB");
    }
}
