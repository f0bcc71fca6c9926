use proc_macro2::TokenStream;
use quote::quote;
use syn::{
    Ident, ItemFn, LitStr, Path, Result, Token,
    parse::{Parse, ParseStream},
};

use crate::text::summary_and_description;

struct Facts {
    method: Ident,
    path: LitStr,
    id: Option<LitStr>,
    errors: Option<Path>,
    limit: Option<Ident>,
    silent: Option<LitStr>,
}

impl Parse for Facts {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut facts =
            Self { method: input.parse()?, path: input.parse()?, id: None, errors: None, limit: None, silent: None };
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].iter().any(|method| facts.method == method) {
            return Err(syn::Error::new(facts.method.span(), "the method is one of GET, POST, PUT, PATCH, DELETE"));
        }
        if !facts.path.value().starts_with('/') {
            return Err(syn::Error::new(facts.path.span(), "the path begins with a slash"));
        }
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            let name: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match name.to_string().as_str() {
                "id" => facts.id = Some(input.parse()?),
                "errors" => facts.errors = Some(input.parse()?),
                "limit" => facts.limit = Some(input.parse()?),
                "silent" => facts.silent = Some(input.parse()?),
                _ => return Err(syn::Error::new(name.span(), "expected id, errors, limit or silent")),
            }
        }
        Ok(facts)
    }
}

pub(crate) fn expand(facts: TokenStream, handler: TokenStream) -> Result<TokenStream> {
    let facts: Facts = syn::parse2(facts)?;
    let mut handler: ItemFn = syn::parse2(handler)?;
    let (summary, description) = summary_and_description(&handler.attrs);
    if summary.is_empty() {
        return Err(syn::Error::new(
            handler.sig.ident.span(),
            "an endpoint has a doc comment: its first line is the summary",
        ));
    }
    let Some(id) = facts.id else {
        return Err(syn::Error::new(facts.method.span(), "an endpoint has an operation id: `id = \"users.list\"`"));
    };
    let (method, path, name) = (&facts.method, &facts.path, handler.sig.ident.clone());
    let visibility = std::mem::replace(&mut handler.vis, syn::Visibility::Inherited);
    let docs: Vec<_> = handler.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect();
    handler.attrs.retain(|attribute| !attribute.path().is_ident("doc"));
    let errors = facts.errors.map_or_else(|| quote!(Vec::new), |errors| quote!(<#errors as ::kernel::Refusals>::all));
    let limit = facts.limit.map_or_else(|| quote!(None), |limit| quote!(Some(::edge::Limit::#limit)));
    let silent = facts.silent.map_or_else(|| quote!(None), |reason| quote!(Some(#reason)));
    Ok(quote! {
        #(#docs)*
        #visibility fn #name() -> ::edge::Endpoint {
            #handler
            ::edge::Endpoint::new(
                ::edge::EndpointFacts {
                    method: ::edge::Method::#method,
                    path: #path,
                    operation: #id,
                    summary: #summary,
                    description: #description,
                    errors: #errors,
                    limit: #limit,
                    silent: #silent,
                },
                #name,
            )
        }
    })
}
