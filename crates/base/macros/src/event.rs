use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    DeriveInput, Ident, LitStr, Result, Token,
    parse::{Parse, ParseStream},
};

use crate::text::summary_and_description;

struct Facts {
    name: LitStr,
    target: Ident,
    failure: bool,
}

impl Parse for Facts {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let name: LitStr = input.parse()?;
        let (mut target, mut failure) = (None, false);
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            let option: Ident = input.parse()?;
            if option == "failure" {
                failure = true;
            } else if option == "target" {
                input.parse::<Token![=]>()?;
                target = Some(input.parse()?);
            } else {
                return Err(syn::Error::new(option.span(), "expected target or failure"));
            }
        }
        let target =
            target.ok_or_else(|| syn::Error::new(name.span(), "an event is about something: `target = user_id`"))?;
        Ok(Self { name, target, failure })
    }
}

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    let Some(attribute) = item.attrs.iter().find(|attribute| attribute.path().is_ident("event")) else {
        return Err(syn::Error::new(
            item.ident.span(),
            "an event has a name: #[event(\"user.disabled\", target = user_id)]",
        ));
    };
    let Facts { name, target, failure } = attribute.parse_args()?;
    let (summary, _) = summary_and_description(&item.attrs);
    if summary.is_empty() {
        return Err(syn::Error::new(
            item.ident.span(),
            "an event has a doc comment: it stands in the public catalogue",
        ));
    }
    let event = &item.ident;
    let outcome = if failure { quote!(Failure) } else { quote!(Success) };
    Ok(quote! {
        impl ::kernel::Event for #event {
            const TYPE: &'static str = #name;
            const OUTCOME: ::kernel::event::Outcome = ::kernel::event::Outcome::#outcome;
            fn target(&self) -> ::kernel::Target {
                ::kernel::Target::of(self.#target)
            }
        }
        impl #event {
            /// The row of the public catalogue.
            pub const FACTS: ::kernel::EventFacts = ::kernel::EventFacts {
                name: #name,
                summary: #summary,
                schema: ::kernel::Shape::of::<Self>(),
            };
        }
    })
}
