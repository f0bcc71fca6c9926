use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Data, DeriveInput, Fields, Ident, LitStr, Result, Token, Variant,
    parse::{Parse, ParseStream},
};

use crate::text::summary_and_description;

enum Facts {
    Transparent,
    Refusal { code: Ident, reason: LitStr, field: Option<LitStr>, field_code: Option<LitStr> },
}

impl Parse for Facts {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let code: Ident = input.parse()?;
        if code == "transparent" {
            return Ok(Self::Transparent);
        }
        input.parse::<Token![,]>()?;
        let reason = input.parse()?;
        let (mut field, mut field_code) = (None, None);
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match name.to_string().as_str() {
                "field" => field = Some(input.parse()?),
                "code" => field_code = Some(input.parse()?),
                _ => return Err(syn::Error::new(name.span(), "expected field or code")),
            }
        }
        Ok(Self::Refusal { code, reason, field, field_code })
    }
}

pub(crate) fn expand(item: TokenStream) -> Result<TokenStream> {
    let item: DeriveInput = syn::parse2(item)?;
    let Data::Enum(variants) = &item.data else {
        return Err(syn::Error::new(item.ident.span(), "Refusals is derived on an enum"));
    };
    let name = &item.ident;
    let (mut arms, mut facts, mut transparent, mut passed_on) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for variant in &variants.variants {
        let (arm, fact) = variant_tokens(name, variant)?;
        arms.push(arm);
        if fact.is_none() {
            transparent.push(&variant.ident);
            passed_on.extend(variant.fields.iter().map(|field| &field.ty));
        }
        facts.extend(fact);
    }
    Ok(quote! {
        impl ::kernel::Refusals for #name {
            const FACTS: &'static [::kernel::RefusalFacts] = &[#(#facts),*];
            fn all() -> Vec<::kernel::RefusalFacts> {
                [<Self as ::kernel::Refusals>::FACTS.to_vec(), #(<#passed_on as ::kernel::Refusals>::all()),*].concat()
            }
            fn is_serialization(&self) -> bool {
                match self {
                    #(#name::#transparent(cause) => ::kernel::Refusals::is_serialization(cause),)*
                    _ => false,
                }
            }
        }
        impl From<#name> for ::kernel::Refusal {
            fn from(error: #name) -> Self {
                let message = error.to_string();
                match error { #(#arms),* }
            }
        }
    })
}

fn variant_tokens(error: &Ident, variant: &Variant) -> Result<(TokenStream, Option<TokenStream>)> {
    let name = &variant.ident;
    let Some(attribute) = variant.attrs.iter().find(|attribute| attribute.path().is_ident("refusal")) else {
        return Err(syn::Error::new(
            name.span(),
            "each variant says what it answers: #[refusal(Conflict, \"email_taken\")]",
        ));
    };
    match attribute.parse_args()? {
        Facts::Transparent => {
            Ok((quote!(#error::#name(cause) => { let _ = message; ::kernel::Refusal::from(cause) }), None))
        }
        Facts::Refusal { code, reason, field, field_code } => {
            let pattern = match &variant.fields {
                Fields::Unit => quote!(),
                Fields::Unnamed(_) => quote!((..)),
                Fields::Named(_) => quote!({ .. }),
            };
            let with_field = field.map(|field| {
                let field_code = field_code.unwrap_or_else(|| reason.clone());
                quote!(.with_field(#field, #field_code, message))
            });
            let (summary, _) = summary_and_description(&variant.attrs);
            Ok((
                quote!(#error::#name #pattern => ::kernel::Refusal::new(::kernel::ErrorCode::#code, #reason, message.clone()) #with_field),
                Some(
                    quote!(::kernel::RefusalFacts { code: ::kernel::ErrorCode::#code, reason: #reason, summary: #summary }),
                ),
            ))
        }
    }
}
