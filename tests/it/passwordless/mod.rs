mod codes;
mod links;
mod squatters;
