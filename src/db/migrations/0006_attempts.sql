-- The execution that has a flow run: the token of its agent or process. Null: none has named itself yet. Empty: the run was
-- taken from the one that had it. `process_start`: when the process of `infrastructure_pid` started, by its system's count.
alter table flow_run add column attempt text;
alter table flow_run add column process_start text;
