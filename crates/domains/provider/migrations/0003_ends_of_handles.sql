-- The id of an access token begins with the time of its end, so that those of an application are sorted by it, and each insert writes one
-- tree less.
drop index oauth_access_tokens_by_end;
