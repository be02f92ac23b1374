//! What letters say, in Bokmål, Nynorsk and English. Each is plain text; the HTML is made from it.

use super::{Address, Letter};

/// What somebody is asked to open a link for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion<'a> {
    /// To sign in.
    SignIn,
    /// To become a person of a region.
    Invitation {
        /// What the region is called.
        region: &'a str,
        /// What the person is called there.
        name: &'a str,
    },
}

struct Words {
    subject: String,
    before: Vec<String>,
    button: &'static str,
    after: Vec<&'static str>,
}

/// A letter with one link.
#[must_use]
pub fn with_link(to: Address, language: &str, occasion: Occasion<'_>, link: &str) -> Letter {
    let words = words(language, occasion);
    let mut text = words.before.join("\n\n");
    text.push_str("\n\n");
    text.push_str(link);
    text.push_str("\n\n");
    text.push_str(&words.after.join("\n\n"));
    text.push('\n');
    Letter {
        to,
        html: html(language, &words, link),
        subject: words.subject,
        text,
    }
}

fn words(language: &str, occasion: Occasion<'_>) -> Words {
    match (occasion, language) {
        (Occasion::SignIn, "nn") => Words {
            subject: "Logg inn i Samspor".into(),
            before: vec!["Hei! Her er lenkja du bad om for å logge inn i Samspor.".into()],
            button: "Logg inn",
            after: vec![
                "Lenkja gjeld i ti minutt, verkar éin gong, og berre i nettlesaren du bad om ho i.",
                "Bad du ikkje om å logge inn? Då kan du sjå bort frå denne e-posten.",
            ],
        },
        (Occasion::SignIn, "en") => Words {
            subject: "Sign in to Samspor".into(),
            before: vec!["Hello! Here is the link you asked for to sign in to Samspor.".into()],
            button: "Sign in",
            after: vec![
                "The link is good for ten minutes, works once, and only in the browser you asked from.",
                "Did you not ask to sign in? Then you can ignore this e-mail.",
            ],
        },
        (Occasion::SignIn, _) => Words {
            subject: "Logg inn i Samspor".into(),
            before: vec!["Hei! Her er lenken du ba om for å logge inn i Samspor.".into()],
            button: "Logg inn",
            after: vec![
                "Lenken gjelder i ti minutter, virker én gang, og bare i nettleseren du ba om den i.",
                "Ba du ikke om å logge inn? Da kan du se bort fra denne e-posten.",
            ],
        },
        (Occasion::Invitation { region, name }, "nn") => Words {
            subject: format!("Du er invitert til {region}"),
            before: vec![
                format!("Hei, {name}!"),
                format!(
                    "{region} brukar Samspor til å følgje arbeidet i nettverka sine, og du er invitert til å vere med."
                ),
            ],
            button: "Ta imot invitasjonen",
            after: vec![
                "Lenkja gjeld i 14 dagar og verkar éin gong.",
                "Ventar du ikkje nokon invitasjon? Då kan du sjå bort frå denne e-posten.",
            ],
        },
        (Occasion::Invitation { region, name }, "en") => Words {
            subject: format!("You are invited to {region}"),
            before: vec![
                format!("Hello, {name}!"),
                format!(
                    "{region} uses Samspor to follow the work of its networks, and you are invited to take part."
                ),
            ],
            button: "Accept the invitation",
            after: vec![
                "The link is good for 14 days and works once.",
                "Were you not expecting an invitation? Then you can ignore this e-mail.",
            ],
        },
        (Occasion::Invitation { region, name }, _) => Words {
            subject: format!("Du er invitert til {region}"),
            before: vec![
                format!("Hei, {name}!"),
                format!(
                    "{region} bruker Samspor til å følge arbeidet i nettverkene sine, og du er invitert til å være med."
                ),
            ],
            button: "Ta imot invitasjonen",
            after: vec![
                "Lenken gjelder i 14 dager og virker én gang.",
                "Venter du ikke noen invitasjon? Da kan du se bort fra denne e-posten.",
            ],
        },
    }
}

/// A letter's HTML. Mail programs know styles in attributes only.
fn html(language: &str, words: &Words, link: &str) -> String {
    const PARAGRAPH: &str = "margin:0 0 16px";
    let paragraphs = |texts: &mut dyn Iterator<Item = &str>, style: &str| -> String {
        texts
            .map(|text| format!("<p style=\"{style}\">{}</p>\n", escaped(text)))
            .collect()
    };
    let before = paragraphs(&mut words.before.iter().map(String::as_str), PARAGRAPH);
    let after = paragraphs(
        &mut words.after.iter().copied(),
        "margin:0 0 12px;color:#55605f;font-size:14px",
    );
    let (subject, link) = (escaped(&words.subject), escaped(link));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{subject}</title></head>\n\
         <body style=\"margin:0;padding:24px;background:#f6f1e6;color:#14302f;\
         font:16px/1.5 Inter,Helvetica,Arial,sans-serif\">\n\
         <div style=\"max-width:520px;margin:0 auto;padding:28px;background:#fff;border-radius:12px\">\n\
         <p style=\"margin:0 0 20px;font-weight:600;color:#0b4450\">Samspor</p>\n{before}\
         <p style=\"margin:24px 0\"><a href=\"{link}\" style=\"display:inline-block;padding:12px 20px;\
         background:#0b4450;color:#fff;border-radius:8px;text-decoration:none;font-weight:600\">{}</a></p>\n\
         {after}<p style=\"margin:16px 0 0;color:#55605f;font-size:13px;word-break:break-all\">{link}</p>\n\
         </div></body></html>\n",
        escaped(words.button)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_the_same_with_its_own_words() {
        let to = Address::parse("kari@skole.example").expect("is one");
        let occasions = [
            Occasion::SignIn,
            Occasion::Invitation {
                region: "Fjord & <fjell>",
                name: "Kari",
            },
        ];
        for occasion in occasions {
            let letters = ["nb", "nn", "en"].map(|language| {
                with_link(
                    to.clone(),
                    language,
                    occasion,
                    "https://s.example/in/x?a=1&b=2",
                )
            });
            for letter in &letters {
                assert!(letter.text.contains("\nhttps://s.example/in/x?a=1&b=2\n"));
                assert!(
                    letter
                        .html
                        .contains("href=\"https://s.example/in/x?a=1&amp;b=2\"")
                );
                assert!(!letter.html.contains("<fjell>"));
                assert!(!letter.subject.contains('\n'));
            }
            assert!(letters[0].text != letters[1].text && letters[1].text != letters[2].text);
        }
    }
}
