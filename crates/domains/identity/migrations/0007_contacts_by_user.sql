-- One primary of each kind for a person, as before, in an index over all of a person's: whatever asks for the others, and what ends
-- with the person, would else read every address of the tenant.
drop index user_emails_primary;
create unique index user_emails_by_user on user_emails
  (tenant_id, user_id, (case when is_primary then '' else address_key end));

drop index user_phones_primary;
create unique index user_phones_by_user on user_phones
  (tenant_id, user_id, (case when is_primary then '' else number end));
