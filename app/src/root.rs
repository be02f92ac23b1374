//! The document, the app, and how the browser takes it over.

use crate::format;
use crate::parts::ask::{Skeleton, region};
use crate::parts::words::words;
use crate::paths;
use crate::routes::Pages;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::NavigateOptions;
use leptos_router::components::Router;
use leptos_router::hooks::use_navigate;

/// The app.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Pages/>
        </Router>
    }
}

/// The HTML document around the app, in the reader's language.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang=words().language.clone() data-color-scheme="auto" data-color="fjord">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="theme-color" content="#0b4450" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#0d1f24" media="(prefers-color-scheme: dark)"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="preload" href="/fonts/inter-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="stylesheet" href="/pkg/app.css"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// A page without content of its own: the frame is there at once, then the browser goes to Today. A browser that kept
/// it can start here without a network.
#[component]
pub fn StartPage() -> impl IntoView {
    let frame = &words().frame;
    let region = region();
    let navigate = use_navigate();
    Effect::new(move || {
        let options = NavigateOptions {
            replace: true,
            ..NavigateOptions::default()
        };
        navigate(&paths::today(&region.read()), options);
    });
    let title = format::fill(&frame.title_pattern, &[("title", &frame.app_shell_title)]);
    view! {
        <Title text=title/>
        <h1 class="ds-sr-only">{frame.app_shell_title.clone()}</h1>
        <Skeleton/>
        <p class="ds-paragraph">{frame.app_shell.clone()}</p>
        <a class="ds-link" href=move || paths::today(&region.read())>{frame.today.clone()}</a>
    }
}

/// Takes over the page that the server rendered, once its language's words are here. Without them the page stays as
/// it is: it can be read and its forms work.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    std::panic::set_hook(Box::new(|panic| leptos::logging::error!("{panic}")));
    // Leptos' own way to wait works only once the page is taken over.
    wasm_bindgen_futures::spawn_local(async {
        match load_words().await {
            Ok(words) => {
                crate::words::keep(words);
                let Some(body) = document().body() else {
                    return;
                };
                // Waits for the code of the page that stands there.
                leptos::mount::hydrate_from_async(body, App).await.forget();
                // Tells who drives a browser from outside that buttons now answer by themselves.
                if let Some(html) = document().document_element()
                    && let Err(error) = html.set_attribute("data-ready", "")
                {
                    leptos::logging::error!("{error:?}");
                }
            }
            Err(error) => leptos::logging::error!("the words were not loaded: {error:?}"),
        }
    });
}

#[cfg(feature = "hydrate")]
async fn load_words() -> Result<crate::words::Words, leptos::wasm_bindgen::JsValue> {
    use leptos::wasm_bindgen::{JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;

    let language = document()
        .document_element()
        .and_then(|html| html.get_attribute("lang"))
        .unwrap_or_else(|| crate::words::LANGUAGES[0].to_owned());
    let response =
        JsFuture::from(window().fetch_with_str(&format!("/words/{language}.json"))).await?;
    let response: web_sys::Response = response.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from_f64(response.status().into()));
    }
    let text = JsFuture::from(response.text()?).await?;
    let text = text.as_string().unwrap_or_default();
    serde_json::from_str(&text)
        .map(crate::words::Words::from_list)
        .map_err(|error| JsValue::from_str(&error.to_string()))
}
