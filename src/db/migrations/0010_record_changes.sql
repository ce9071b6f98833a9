-- The event stream asks at each look which records were changed last; of these kinds there may be many.
create index flow_updated on flow (updated);
create index variable_updated on variable (updated);
create index block_document_updated on block_document (updated);
