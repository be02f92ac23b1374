//! What is in files of meetings, sealed. A file is known by the text that is its name, and sealed by that text's key.

use super::error::StoreError;
use super::scope::TenantScope;
use domain::ids::TextId;
use uuid::Uuid;

impl TenantScope {
    /// Keeps what is in a file, unless its key was destroyed meanwhile. Again, it changes nothing.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keep_file(&mut self, file: TextId, sealed: &[u8]) -> Result<(), StoreError> {
        // The lock makes whoever destroys the key wait, and then find the row.
        sqlx::query(
            "INSERT INTO files (tenant_id, text_id, content)
             SELECT k.tenant_id, k.text_id, $3 FROM keys.text_keys AS k
             WHERE k.tenant_id = $1 AND k.text_id = $2 AND k.wrapped IS NOT NULL FOR SHARE
             ON CONFLICT DO NOTHING",
        )
        .bind(self.tenant().0)
        .bind(file.0)
        .bind(sealed)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// What is in a file.
    ///
    /// # Errors
    /// Of the database.
    pub async fn file(&mut self, file: TextId) -> Result<Option<Vec<u8>>, StoreError> {
        let content =
            sqlx::query_scalar("SELECT content FROM files WHERE tenant_id = $1 AND text_id = $2")
                .bind(self.tenant().0)
                .bind(file.0)
                .fetch_optional(self.connection())
                .await?;
        Ok(content)
    }

    /// Which of these files are kept.
    ///
    /// # Errors
    /// Of the database.
    pub async fn kept_files(&mut self, files: &[TextId]) -> Result<Vec<TextId>, StoreError> {
        let ids: Vec<Uuid> = files.iter().map(|file| file.0).collect();
        let kept: Vec<Uuid> = sqlx::query_scalar(
            "SELECT text_id FROM files WHERE tenant_id = $1 AND text_id = ANY($2)",
        )
        .bind(self.tenant().0)
        .bind(ids)
        .fetch_all(self.connection())
        .await?;
        Ok(kept.into_iter().map(TextId).collect())
    }
}
