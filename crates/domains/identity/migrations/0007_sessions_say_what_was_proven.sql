-- Assurance level and method references are computed from what was proven (`proven`): a copy could only differ from it.
alter table sessions drop column aal;
alter table sessions drop column amr;
