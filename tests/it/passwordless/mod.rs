mod codes;
mod cost;
mod links;
mod squatters;
